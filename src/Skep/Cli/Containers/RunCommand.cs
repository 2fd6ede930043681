using System.CommandLine;
using Skep.Cli.Client;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;
using Skep.Docker.Engine;

namespace Skep.Cli.Containers;

/// <summary>docker run: create, attach, start, and stay until the container ends.</summary>
internal sealed class RunCommand
{
    private readonly Option<bool> detach;
    private readonly Option<bool> sigProxy;
    private readonly Option<string> detachKeys;
    private readonly RunFlags container;

    private RunCommand(DockerCommand command)
    {
        detach = command.Flag(Flags.Switch("detach", 'd', "Run container in background and print container ID"));
        sigProxy = command.Flag(Flags.Switch(
            "sig-proxy", null, "Proxy received signals to the process", initial: true));
        detachKeys = command.Flag(Flags.Text(
            "detach-keys", null, "Override the key sequence for detaching a container"));
        container = new RunFlags(command);
        command.Does(RunAsync);
    }

    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "run", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create and run a new container from an image")
        {
            Count = WordCount.AtLeast(1),
            FirstWordEndsOptions = true,
            Section = HelpSection.Common,
            CommonRank = 1,
            SpelledAliases = ["container run", "run"],
        };
        _ = new RunCommand(command);
        return command;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        CreateChoices choices = container.Choices(call);
        CreateContainerRequest request = Streams(call, container.Request(call));
        string id = await AsRunFailure(
            call, () => ContainerCreation.CreateAsync(call, request, choices, stop));
        bool attaches = request.AttachStdin || request.AttachStdout || request.AttachStderr;

        // From here on the container lives on its own: an interrupt must not tear us away from it.
        CancellationToken calm = attaches && call.Get(sigProxy) ? CancellationToken.None : stop;
        using SignalProxy? proxy = call.Get(sigProxy) ? new SignalProxy(call.Session, id, calm) : null;
        if (!attaches)
        {
            call.Console.WriteLine(id);
            await AsRunFailure(call, () => call.Engine.PostAsync($"/containers/{id}/start", calm));
            return 0;
        }

        return await AttachedAsync(call, request, id, calm);
    }

    private CreateContainerRequest Streams(Invocation call, CreateContainerRequest request)
    {
        if (!call.Get(detach))
        {
            AttachChecks.RequireTerminal(call.Console, request.AttachStdin, request.Tty);
            return request;
        }

        return container.NamesStreams(call)
            ? throw new CommandFailedException("conflicting options: cannot specify both --attach and --detach")
            : request with { AttachStdin = false, AttachStdout = false, AttachStderr = false, StdinOnce = false };
    }

    private async Task<int> AttachedAsync(
        Invocation call, CreateContainerRequest request, string id, CancellationToken stop)
    {
        string keys = call.Get(detachKeys) is { Length: > 0 } given
            ? given : call.Session.Settings.Value.DetachKeys;
        var wishes = new StreamWishes(
            request.AttachStdin, request.AttachStdout, request.AttachStderr, request.Tty, keys);
        await using HijackedConnection connection = await AttachRequest.SendAsync(call.Engine, id, wishes, stop);
        Task<int> ended = await ContainerEnd.WatchAsync(call, id, request.HostConfig!.AutoRemove, stop);
        using var streaming = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<StreamEnd> streams = new JoinedStreams(call.Console, connection, wishes).RunAsync(streaming.Token);
        try
        {
            await call.Engine.PostAsync($"/containers/{id}/start", stop);
        }
        catch (CommandFailedException refused)
        {
            await streaming.CancelAsync();
            await EndQuietlyAsync(streams);
            if (request.HostConfig!.AutoRemove)
            {
                await ended;
            }

            throw RunFailure(call, refused);
        }

        using WindowResizes? resizes = request.Tty && call.Console.OutputIsTerminal
            ? new WindowResizes(call.Session, $"/containers/{id}", stop) : null;
        Task first = await Task.WhenAny(streams, ended);
        if (first == streams && await streams == StreamEnd.Detached)
        {
            return 0;
        }

        int status = await ended;
        if (!request.AttachStdout && !request.AttachStderr)
        {
            await streaming.CancelAsync();
        }

        await EndQuietlyAsync(streams);
        return status;
    }

    private static async Task EndQuietlyAsync(Task streams)
    {
        try
        {
            await streams;
        }
        catch (OperationCanceledException)
        {
            // Asked for by us.
            return;
        }
    }

    private static async Task<T> AsRunFailure<T>(Invocation call, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (CommandFailedException refused)
        {
            throw RunFailure(call, refused);
        }
    }

    // The container's command decides the code where the daemon's words say that it was at fault.
    private static CommandFailedException RunFailure(Invocation call, CommandFailedException refused)
    {
        string text = refused.Message;
        bool isMissing = text.Contains("executable file not found", StringComparison.Ordinal)
            || text.Contains("no such file or directory", StringComparison.Ordinal)
            || text.Contains("system cannot find the file specified", StringComparison.Ordinal);
        bool isForbidden = text.Contains("permission denied", StringComparison.Ordinal)
            || text.Contains("is a directory", StringComparison.Ordinal);
        return call.RunFailure(text, isMissing ? 127 : isForbidden ? 126 : 125);
    }
}
