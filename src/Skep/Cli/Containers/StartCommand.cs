using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;

namespace Skep.Cli.Containers;

/// <summary>docker start, alone or attached (-a, -i).</summary>
internal sealed class StartCommand
{
    private readonly Option<bool> attach;
    private readonly Option<bool> interactive;
    private readonly Option<string> detachKeys;

    private StartCommand(DockerCommand command)
    {
        attach = command.Flag(Flags.Switch("attach", 'a', "Attach STDOUT/STDERR and forward signals"));
        interactive = command.Flag(Flags.Switch("interactive", 'i', "Attach container's STDIN"));
        detachKeys = command.Flag(Flags.Text(
            "detach-keys", null, "Override the key sequence for detaching a container"));
        command.Does(RunAsync);
    }

    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "start", "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["container start", "start"],
        };
        _ = new StartCommand(command);
        return command;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        if (!call.Get(attach) && !call.Get(interactive))
        {
            return await StartAllAsync(call, stop);
        }

        return call.Words.Count > 1
            ? throw new CommandFailedException("you cannot start and attach multiple containers at once")
            : await AttachedAsync(call, stop);
    }

    private static async Task<int> StartAllAsync(Invocation call, CancellationToken stop)
    {
        var failed = new List<string>();
        foreach (string name in call.Words)
        {
            try
            {
                await call.Engine.PostAsync($"/containers/{Query.Escape(name)}/start", stop);
                call.Console.WriteLine(name);
            }
            catch (CommandFailedException refused)
            {
                call.Console.WriteErrorLine(refused.Message);
                failed.Add(name);
            }
        }

        return failed.Count == 0 ? 0
            : throw new CommandFailedException($"Error: failed to start containers: {string.Join(", ", failed)}");
    }

    private async Task<int> AttachedAsync(Invocation call, CancellationToken stop)
    {
        JsonElement found = await call.Engine.GetAsync($"/containers/{Query.Escape(call.Words[0])}/json", stop);
        string id = found.Text("Id");
        bool hasTerminal = found.Member("Config").Flag("Tty");
        bool isRemoved = found.Member("HostConfig").Flag("AutoRemove");
        CancellationToken calm = hasTerminal ? stop : CancellationToken.None;
        using SignalProxy? proxy = hasTerminal ? null : new SignalProxy(call.Session, id, calm);
        string keys = call.Get(detachKeys) is { Length: > 0 } given
            ? given : call.Session.Settings.Value.DetachKeys;
        var wishes = new StreamWishes(
            call.Get(interactive) && found.Member("Config").Flag("OpenStdin"), true, true, hasTerminal, keys);
        await using HijackedConnection connection = await AttachRequest.SendAsync(call.Engine, id, wishes, calm);
        Task<int> ended = await ContainerEnd.WatchAsync(call, id, isRemoved, calm);
        await call.Engine.PostAsync($"/containers/{id}/start", calm);
        using WindowResizes? resizes = hasTerminal && call.Console.OutputIsTerminal
            ? new WindowResizes(call.Session, $"/containers/{id}", calm) : null;
        StreamEnd end = await new JoinedStreams(call.Console, connection, wishes).RunAsync(calm);
        return end == StreamEnd.Detached ? 0 : await ended;
    }
}
