using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;
using Skep.Cli.Values;
using Skep.Docker.Engine;
using Skep.Linux.Terminals;

namespace Skep.Cli.Containers;

/// <summary>docker exec.</summary>
internal sealed class ExecCommand
{
    private readonly Option<bool> detach;
    private readonly Option<string> detachKeys;
    private readonly Option<string[]> env;
    private readonly Option<string[]> envFile;
    private readonly Option<bool> interactive;
    private readonly Option<bool> privileged;
    private readonly Option<bool> tty;
    private readonly Option<string> user;
    private readonly Option<string> workdir;

    private ExecCommand(DockerCommand command)
    {
        detach = command.Flag(Flags.Switch("detach", 'd', "Detached mode: run command in the background"));
        detachKeys = command.Flag(Flags.Text(
            "detach-keys", null, "Override the key sequence for detaching a container"));
        env = command.Flag(Flags.List("env", 'e', "Set environment variables", KeyValues.CheckVariable));
        envFile = command.Flag(Flags.List("env-file", null, "Read in a file of environment variables"));
        interactive = command.Flag(Flags.Switch("interactive", 'i', "Keep STDIN open even if not attached"));
        privileged = command.Flag(Flags.Switch("privileged", null, "Give extended privileges to the command"));
        tty = command.Flag(Flags.Switch("tty", 't', "Allocate a pseudo-TTY"));
        user = command.Flag(Flags.Text(
            "user", 'u', "Username or UID (format: \"<name|uid>[:<group|gid>]\")"));
        workdir = command.Flag(Flags.Text("workdir", 'w', "Working directory inside the container"));
        command.Does(RunAsync);
    }

    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "exec", "[OPTIONS] CONTAINER COMMAND [ARG...]", "Execute a command in a running container")
        {
            Count = WordCount.AtLeast(2),
            FirstWordEndsOptions = true,
            Section = HelpSection.Common,
            CommonRank = 2,
            SpelledAliases = ["container exec", "exec"],
        };
        _ = new ExecCommand(command);
        return command;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        ExecConfig config = Config(call);
        string container = Query.Escape(call.Words[0]);

        // "No such container" comes before any complaint about terminals.
        await call.Engine.GetAsync($"/containers/{container}/json", stop);
        if (!config.Detach)
        {
            AttachChecks.RequireTerminal(call.Console, config.AttachStdin, config.Tty);
        }

        JsonElement created = await call.Engine.PostAsync(
            $"/containers/{container}/exec", config, EngineJson.Default.ExecConfig, stop);
        string id = created.Text("Id");
        var start = new ExecStartRequest
        {
            Detach = config.Detach,
            Tty = config.Tty,
            ConsoleSize = config.ConsoleSize,
        };
        if (config.Detach)
        {
            await call.Engine.PostAsync($"/exec/{id}/start", start, EngineJson.Default.ExecStartRequest, stop);
            return 0;
        }

        return await AttachedAsync(call, config, id, start, stop);
    }

    private static async Task<int> AttachedAsync(
        Invocation call, ExecConfig config, string id, ExecStartRequest start, CancellationToken stop)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(start, EngineJson.Default.ExecStartRequest);
        await using HijackedConnection connection = await call.Engine.HijackAsync($"/exec/{id}/start", body, stop);
        using WindowResizes? resizes = config.Tty && call.Console.InputIsTerminal
            ? new WindowResizes(call.Session, $"/exec/{id}", stop) : null;
        var wishes = new StreamWishes(config.AttachStdin, true, true, config.Tty, config.DetachKeys);
        StreamEnd end = await new JoinedStreams(call.Console, connection, wishes).RunAsync(stop);
        if (end == StreamEnd.Detached)
        {
            throw new CommandFailedException("read escape sequence");
        }

        JsonElement result = await call.Engine.GetAsync($"/exec/{id}/json", stop);
        return (int)result.Number("ExitCode");
    }

    private ExecConfig Config(Invocation call)
    {
        WindowSize size = call.Console.Size;
        bool isDetached = call.Get(detach);
        return new ExecConfig
        {
            User = call.Get(user),
            Privileged = call.Get(privileged),
            Tty = call.Get(tty),
            ConsoleSize = call.Get(tty) ? [size.Rows, size.Columns] : null,
            AttachStdin = !isDetached && call.Get(interactive),
            AttachStdout = !isDetached,
            AttachStderr = !isDetached,
            Detach = isDetached,
            DetachKeys = call.Get(detachKeys) is { Length: > 0 } keys
                ? keys : call.Session.Settings.Value.DetachKeys,
            Env = KeyValues.WithFiles(call.Get(envFile), call.Get(env), takesEnvironment: true),
            WorkingDir = call.Get(workdir),
            Cmd = [.. call.Words.Skip(1)],
        };
    }
}
