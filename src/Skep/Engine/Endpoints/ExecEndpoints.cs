using Skep.Agent.Containers;
using Skep.Docker.Engine;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>/exec: more processes in running containers.</summary>
internal sealed class ExecEndpoints(EngineServices services)
{
    private readonly ContainerEngine containers = services.Containers;

    public void Add(RouteTable routes)
    {
        routes.Post("/containers/{name}/exec", CreateAsync);
        routes.Stream("POST", "/exec/{name}/start", StartAsync);
        routes.Post("/exec/{name}/resize", ResizeAsync);
        routes.Get("/exec/{name}/json", request =>
            request.AnswerJsonAsync(containers.InspectExec(request.Name), EngineJson.Default.ExecInspect));
    }

    private async Task CreateAsync(EngineRequest request)
    {
        ExecConfig config = await request.ReadJsonAsync(EngineJson.Default.ExecConfig);
        if (!request.Version.IsAtLeast(1, 42))
        {
            config = config with { ConsoleSize = null };
        }

        IdResponse created = containers.CreateExec(request.Name, config);
        await request.AnswerJsonAsync(created, EngineJson.Default.IdResponse, 201);
    }

    private async Task StartAsync(EngineRequest request)
    {
        ExecStartRequest wanted =
            await request.ReadJsonOrNullAsync(EngineJson.Default.ExecStartRequest) ?? new ExecStartRequest();
        if (!request.Version.IsAtLeast(1, 42) || !wanted.Tty)
        {
            wanted = wanted with { ConsoleSize = null };
        }

        if (wanted.ConsoleSize is { Count: not 2 })
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid console size: it is a height and a width");
        }

        if (wanted.Detach)
        {
            await containers.StartExecAsync(request.Name, wanted, hijack: null, request.Stop);
            await request.AnswerAsync(200);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(request.Stop);
        try
        {
            await containers.StartExecAsync(
                request.Name,
                wanted,
                _ => ContainerEndpoints.HijackAsync(request, wanted.Tty, over),
                over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The client went away; the process goes on.
        }
    }

    private async Task ResizeAsync(EngineRequest request)
    {
        (uint rows, uint columns) = ContainerEndpoints.Size(request);
        await containers.ResizeExecAsync(request.Name, rows, columns, request.Stop);
        await request.AnswerAsync(200);
    }
}
