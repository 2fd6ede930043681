using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;

namespace Skep.Cli.Containers;

/// <summary>docker attach.</summary>
internal static class AttachCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("attach", "[OPTIONS] CONTAINER",
            "Attach local standard input, output, and error streams to a running container")
        {
            Count = WordCount.Exactly(1),
            SpelledAliases = ["container attach", "attach"],
        };
        var noStdin = command.Flag(Flags.Switch("no-stdin", null, "Do not attach STDIN"));
        var sigProxy = command.Flag(Flags.Switch(
            "sig-proxy", null, "Proxy all received signals to the process", initial: true));
        var detachKeys = command.Flag(Flags.Text(
            "detach-keys", null, "Override the key sequence for detaching a container"));
        return command.Does((call, stop) =>
            AttachAsync(call, call.Get(noStdin), call.Get(sigProxy), call.Get(detachKeys), stop));
    }

    private static async Task<int> AttachAsync(
        Invocation call, bool noStdin, bool proxies, string detachKeys, CancellationToken stop)
    {
        JsonElement found = await RunningAsync(call, stop);
        string id = found.Text("Id");
        bool hasTerminal = found.Member("Config").Flag("Tty");
        AttachChecks.RequireTerminal(call.Console, !noStdin, hasTerminal);
        using HttpResponseMessage wait = await call.Engine.SendAsync(
            HttpMethod.Post, $"/containers/{id}/wait", null, stop);
        string keys = detachKeys.Length > 0 ? detachKeys : call.Session.Settings.Value.DetachKeys;
        var wishes = new StreamWishes(
            !noStdin && found.Member("Config").Flag("OpenStdin"), true, true, hasTerminal, keys);
        bool passesSignals = proxies && !hasTerminal;
        CancellationToken calm = passesSignals ? CancellationToken.None : stop;
        using SignalProxy? proxy = passesSignals ? new SignalProxy(call.Session, id, calm) : null;
        await using HijackedConnection connection = await AttachRequest.SendAsync(call.Engine, id, wishes, calm);

        // It may have ended between the question and the attach, and would never say anything again.
        await RunningAsync(call, calm);
        using WindowResizes? resizes = hasTerminal && call.Console.OutputIsTerminal
            ? await ResizesAsync(call, id, calm) : null;
        StreamEnd end = await new JoinedStreams(call.Console, connection, wishes).RunAsync(calm);
        if (end == StreamEnd.Detached)
        {
            throw new CommandFailedException("read escape sequence");
        }

        byte[] body = await wait.Content.ReadAsByteArrayAsync(calm);
        using JsonDocument result = JsonDocument.Parse(body);
        string error = result.RootElement.Member("Error").Text("Message");
        return error.Length == 0
            ? (int)result.RootElement.Number("StatusCode")
            : throw new CommandFailedException(error);
    }

    private static async Task<WindowResizes> ResizesAsync(Invocation call, string id, CancellationToken stop)
    {
        await WindowResizes.NudgeAsync(call.Session, $"/containers/{id}", stop);
        return new WindowResizes(call.Session, $"/containers/{id}", stop);
    }

    private static async Task<JsonElement> RunningAsync(Invocation call, CancellationToken stop)
    {
        JsonElement found = await call.Engine.GetAsync($"/containers/{Query.Escape(call.Words[0])}/json", stop);
        JsonElement state = found.Member("State");
        string? complaint =
            !state.Flag("Running") ? "You cannot attach to a stopped container, start it first"
            : state.Flag("Paused") ? "You cannot attach to a paused container, unpause it first"
            : state.Flag("Restarting") ? "You cannot attach to a restarting container, wait until it is running"
            : null;
        return complaint is null ? found : throw new CommandFailedException(complaint);
    }
}
