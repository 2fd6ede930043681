using Skep.Agent.Containers;
using Skep.Docker.Engine;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>/containers: making, looking at and changing containers.</summary>
internal sealed partial class ContainerEndpoints(EngineServices services)
{
    private readonly ContainerEngine containers = services.Containers;

    public void Add(RouteTable routes)
    {
        routes.Get("/containers/json", ListAsync);
        routes.Post("/containers/create", CreateAsync);
        routes.Post("/containers/prune", PruneAsync);
        routes.Get("/containers/{name}/json", InspectAsync);
        routes.Get("/containers/{name}/top", TopAsync);
        routes.Post("/containers/{name}/start", StartAsync);
        routes.Post("/containers/{name}/stop", StopAsync);
        routes.Post("/containers/{name}/restart", RestartAsync);
        routes.Post("/containers/{name}/kill", KillAsync);
        routes.Post("/containers/{name}/pause", request => DoneAsync(request, containers.PauseAsync));
        routes.Post("/containers/{name}/unpause", request => DoneAsync(request, containers.UnpauseAsync));
        routes.Post("/containers/{name}/rename", RenameAsync);
        routes.Post("/containers/{name}/update", UpdateAsync);
        routes.Post("/containers/{name}/resize", ResizeAsync);
        AddStreams(routes);
        AddArchives(routes);
        routes.Delete("/containers/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        var wanted = new ListOptions(
            request.Flag("all"), request.Number("limit") ?? 0, request.Flag("size"), request.Filters());
        IReadOnlyList<ContainerSummary> rows = await containers.ListAsync(wanted, request.Stop);
        if (!request.Version.IsAtLeast(1, 46))
        {
            rows = [.. rows.Select(row => row with { HostConfig = row.HostConfig with { Annotations = null } })];
        }

        await request.AnswerJsonAsync(rows, EngineJson.Default.IReadOnlyListContainerSummary);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        CreateContainerRequest body = await request.ReadJsonAsync(EngineJson.Default.CreateContainerRequest);
        (body, IReadOnlyList<string> warnings) = CreateRules.Apply(body, request.Version);
        string name = request.Text("name");
        CreateContainerResponse created =
            await containers.CreateAsync(
                name.Length == 0 ? null : name, body, request.Text("platform"), request.Stop);
        await request.AnswerJsonAsync(
            created with { Warnings = [.. created.Warnings, .. warnings] },
            EngineJson.Default.CreateContainerResponse,
            201);
    }

    private async Task InspectAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await containers.InspectAsync(request.Name, request.Flag("size"), request.Stop),
            EngineJson.Default.ContainerInspect);

    private async Task TopAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await containers.TopAsync(request.Name, request.Text("ps_args"), request.Stop),
            EngineJson.Default.TopResponse);

    private Task StartAsync(EngineRequest request)
    {
        // The shortest object that says anything has more than seven bytes.
        if (request.HasBodyOver(7))
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24");
        }

        if (request.Text("checkpoint").Length > 0)
        {
            throw new RefusedException(
                ErrorKind.Unsupported, "starting from a checkpoint is not implemented by this version of Skep");
        }

        return DoneAsync(request, containers.StartAsync);
    }

    private Task StopAsync(EngineRequest request) => DoneAsync(
        request, (name, stop) => containers.StopAsync(name, request.Number("t"), StopSignal(request), stop));

    private Task RestartAsync(EngineRequest request) => DoneAsync(
        request, (name, stop) => containers.RestartAsync(name, request.Number("t"), StopSignal(request), stop));

    private async Task KillAsync(EngineRequest request)
    {
        try
        {
            await DoneAsync(
                request, (name, stop) => containers.KillAsync(name, Value(request.Text("signal")), stop));
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Kind, $"cannot kill container: {request.Name}: {e.Message}", e);
        }
    }

    private Task RenameAsync(EngineRequest request) => DoneAsync(
        request, (name, stop) => containers.RenameAsync(name, request.Text("name"), stop));

    private async Task UpdateAsync(EngineRequest request)
    {
        UpdateContainerRequest body = await request.ReadJsonAsync(EngineJson.Default.UpdateContainerRequest);
        if (!request.Version.IsAtLeast(1, 40))
        {
            body = body with { PidsLimit = null };
        }

        if (request.Version.IsAtLeast(1, 42))
        {
            body = body with { KernelMemory = 0 };
        }

        if (body.PidsLimit <= 0)
        {
            body = body with { PidsLimit = 0 };
        }

        await request.AnswerJsonAsync(
            await containers.UpdateAsync(request.Name, body, request.Stop), EngineJson.Default.UpdateContainerResponse);
    }

    private async Task ResizeAsync(EngineRequest request)
    {
        (uint rows, uint columns) = Size(request);
        await containers.ResizeAsync(request.Name, rows, columns, request.Stop);
        await request.AnswerAsync(200);
    }

    private Task RemoveAsync(EngineRequest request)
    {
        if (request.Flag("link"))
        {
            throw new RefusedException(ErrorKind.Unsupported, "removing links is not implemented by Skep");
        }

        return DoneAsync(
            request,
            (name, stop) => containers.RemoveAsync(name, request.Flag("force"), request.Flag("v"), stop));
    }

    private async Task PruneAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await containers.PruneAsync(request.Filters(), request.Stop), EngineJson.Default.ContainersPruned);

    private static async Task DoneAsync(EngineRequest request, Func<string, CancellationToken, Task> change)
    {
        await change(request.Name, request.Stop);
        await request.AnswerAsync(204);
    }

    /// <summary>A terminal's height and width.</summary>
    internal static (uint Rows, uint Columns) Size(EngineRequest request) =>
        (Side(request, "h"), Side(request, "w"));

    private static uint Side(EngineRequest request, string parameter) => request.Number(parameter) is { } number
        ? (uint)Math.Clamp(number, 0, ushort.MaxValue)
        : throw new RefusedException(ErrorKind.Invalid, "strconv.Atoi: parsing \"\": invalid syntax");

    private static string? StopSignal(EngineRequest request) =>
        request.Version.IsAtLeast(1, 42) ? Value(request.Text("signal")) : null;

    private static string? Value(string text) => text.Length == 0 ? null : text;
}
