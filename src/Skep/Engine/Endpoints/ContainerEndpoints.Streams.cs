using Skep.Agent.Containers;
using Skep.Agent.Logs;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Engine.Connections;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

// What lasts: a container's streams, its log, its numbers, its end.
internal sealed partial class ContainerEndpoints
{
    private void AddStreams(RouteTable routes)
    {
        routes.Stream("POST", "/containers/{name}/attach", AttachAsync);
        routes.Stream("POST", "/containers/{name}/wait", WaitAsync);
        routes.Stream("GET", "/containers/{name}/logs", LogsAsync);
        routes.Stream("GET", "/containers/{name}/stats", StatsAsync);
    }

    private async Task AttachAsync(EngineRequest request)
    {
        var wanted = new AttachOptions(
            request.Flag("stdin"),
            request.Flag("stdout"),
            request.Flag("stderr"),
            request.Flag("logs"),
            request.Flag("stream"),
            Value(request.Text("detachKeys")));
        bool isTerminal = containers.HasTerminal(request.Name);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(request.Stop);
        try
        {
            await containers.AttachAsync(
                request.Name, wanted, _ => HijackAsync(request, isTerminal, over), over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The client went away, which ends an attachment and nothing else.
        }
    }

    /// <summary>Takes a connection over. Its end, also when nothing flows, ends what it was taken for.</summary>
    internal static async Task<Stream> HijackAsync(
        EngineRequest request, bool isTerminal, CancellationTokenSource over)
    {
        HijackedStream stream = await request.HijackAsync(isTerminal);
        stream.ClientGone.Register(over.Cancel);
        return stream;
    }

    private async Task WaitAsync(EngineRequest request)
    {
        bool answersAtOnce = request.Version.IsAtLeast(1, 30);
        WaitCondition condition = answersAtOnce
            ? ContainerEngine.ParseWaitCondition(request.Text("condition"))
            : WaitCondition.NotRunning;
        WaitResponse ended = await containers.WaitAsync(
            request.Name,
            condition,
            _ => answersAtOnce ? request.StartStreamAsync("application/json") : Task.CompletedTask,
            request.Stop);
        await request.SendLineAsync(ended, EngineJson.Default.WaitResponse, request.Stop);
    }

    private async Task LogsAsync(EngineRequest request)
    {
        string tail = request.Text("tail");
        var query = new LogQuery(
            request.Flag("stdout"),
            request.Flag("stderr"),
            request.Flag("follow"),
            Timestamps.ParseUnix(request.Text("since")),
            request.Text("until") is "0" ? null : Timestamps.ParseUnix(request.Text("until")),
            int.TryParse(tail, out int lines) && lines >= 0 ? lines : null)
        {
            Timestamps = request.Flag("timestamps"),
            Details = request.Flag("details"),
        };
        bool isTerminal = containers.HasTerminal(request.Name);
        await containers.LogsAsync(
            request.Name, query, _ => request.StartStreamAsync(request.OutputType(isTerminal)), request.Stop);
    }

    private async Task StatsAsync(EngineRequest request)
    {
        bool isStream = request.Flag("stream", whenAbsent: true);
        bool isOneShot = request.Version.IsAtLeast(1, 41) && request.Flag("one-shot");
        if (isStream && isOneShot)
        {
            throw new RefusedException(ErrorKind.Invalid, "cannot have stream=true and one-shot=true");
        }

        await foreach (Stats stats in containers.StatsAsync(request.Name, isStream, isOneShot, request.Stop))
        {
            await request.SendLineAsync(stats, EngineJson.Default.Stats, request.Stop);
        }
    }
}
