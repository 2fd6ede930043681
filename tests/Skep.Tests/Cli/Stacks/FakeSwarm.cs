using Skep.Docker.Engine;
using Skep.Engine;
using Skep.Engine.Connections;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Tests.Cli.Stacks;

/// <summary>A manager that a stack is deployed to: shows what a test put there, writes down what is asked.</summary>
internal sealed class FakeSwarm : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private readonly TaskCompletionSource ready = new();

    public FakeSwarm(string socketPath)
    {
        var routes = new RouteTable();
        routes.Get("/_ping", request => request.AnswerTextAsync("OK"));
        routes.Get("/info", request => AnswerAsync(request, """{"Swarm":{"ControlAvailable":true}}"""));
        routes.Get("/services", request => request.AnswerJsonAsync(
            Services, EngineJson.Default.IReadOnlyListServiceInspect));
        foreach (string kind in new[] { "networks", "secrets", "configs" })
        {
            routes.Get($"/{kind}", request => AnswerAsync(request, $"[{string.Join(',', Objects[kind])}]"));
        }

        foreach (string kind in new[] { "services", "networks", "secrets", "configs" })
        {
            routes.Post($"/{kind}/create", request => ChangeAsync(request, $"create {kind}"));
            routes.Post($"/{kind}/{{name}}/update", request => ChangeAsync(request, $"update {kind} {request.Name}"));
            routes.Delete($"/{kind}/{{name}}", request => ChangeAsync(request, $"remove {kind} {request.Name}"));
        }

        var server = new EngineServer(
            routes, [EngineAddress.Unix(socketPath, null)], "1.2.3", TimeProvider.System, Log.None);
        running = server.RunAsync(ready.SetResult, stop.Token);
    }

    public List<ServiceInspect> Services { get; } = [];

    /// <summary>JSON of networks, secrets and configs.</summary>
    public Dictionary<string, List<string>> Objects { get; } =
        new() { ["networks"] = [], ["secrets"] = [], ["configs"] = [] };

    /// <summary>What was to be changed: "remove networks ID".</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Changes that are refused, with the words.</summary>
    public Dictionary<string, string> Refused { get; } = [];

    public async Task ReadyAsync()
    {
        await Task.WhenAny(ready.Task, running).WaitAsync(patience);
        Assert.True(ready.Task.IsCompleted, running.Exception?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(patience);
        stop.Dispose();
    }

    private static Task AnswerAsync(EngineRequest request, string json) =>
        request.AnswerTextAsync(json, "application/json");

    private Task ChangeAsync(EngineRequest request, string change)
    {
        Changes.Add(change);
        return Refused.TryGetValue(change, out string? words)
            ? throw new RefusedException(ErrorKind.Failed, words)
            : AnswerAsync(request, """{"ID":"made"}""");
    }
}
