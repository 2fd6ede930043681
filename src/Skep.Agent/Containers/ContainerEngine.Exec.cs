using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Exec;
using Skep.Agent.Streams;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

/// <summary>Takes over the client's connection: from then on it carries the process's streams.</summary>
public delegate Task<Stream> Hijack(CancellationToken stop);

// More processes in running containers.
public sealed partial class ContainerEngine
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, ExecSession> execs = new();

    public IdResponse CreateExec(string idOrName, ExecConfig config)
    {
        Container container = Find(idOrName);
        if (config.Cmd is not { Count: > 0 })
        {
            throw new RefusedException(ErrorKind.Invalid, "No exec command specified");
        }

        _ = DetachKeys.Parse(config.DetachKeys);
        CheckTakesExec(container);
        string id = parts.Ids.NewHex();
        var session = new ExecSession(id, container.Id, config, Now);
        ForgetOldExecs(container);
        container.Execs[id] = session;
        execs[id] = session;
        Publish(container, "exec_create: " + string.Join(' ', config.Cmd), ("execID", id));
        return new IdResponse(id);
    }

    public ExecInspect InspectExec(string id) => FindExec(id).Inspect();

    /// <summary>Runs it. With a client, until its output has ended; without, until it was started.</summary>
    /// <param name="hijack">Null: detached.</param>
    public async Task StartExecAsync(
        string id, ExecStartRequest request, Hijack? hijack, CancellationToken stop)
    {
        ExecSession session = FindExec(id);
        Container container = Find(session.ContainerId);
        if (session.ExitCode is not null)
        {
            throw new RefusedException(ErrorKind.Conflict, $"Error: Exec command {id} has already run");
        }

        CheckTakesExec(container);
        if (!session.TryBegin())
        {
            throw new RefusedException(ErrorKind.Conflict, $"Error: Exec command {id} is already running");
        }

        if (hijack is null)
        {
            await LaunchExecAsync(container, session, request.ConsoleSize, background.Stop);
            return;
        }

        await using Stream client = await hijack(stop);
        var output = new ClientOutput(client, isMultiplexed: !session.Config.Tty);
        using OutputHub.Subscriber subscriber = session.Output.Subscribe((kind, bytes, end) =>
            Wants(kind, session.Config.AttachStdout, session.Config.AttachStderr)
                ? output.WriteAsync(kind, bytes, end)
                : ValueTask.CompletedTask);
        try
        {
            await LaunchExecAsync(container, session, request.ConsoleSize, background.Stop);
        }
        catch (RefusedException e)
        {
            // The connection is the client's terminal by now: the words go there, the code into inspect.
            await output.WriteAsync(StreamKind.Stdout, System.Text.Encoding.UTF8.GetBytes(e.Message + "\r\n"), stop);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<bool> typing = session.Config.AttachStdin
            ? TypeToExecAsync(container, session, client, over.Token)
            : Task.FromResult(false);
        await EndOfAttachmentAsync(session.Output, subscriber, typing, stop);
        await over.CancelAsync();
    }

    /// <returns>True: the client typed the detach keys.</returns>
    private async Task<bool> TypeToExecAsync(
        Container container, ExecSession session, Stream client, CancellationToken stop)
    {
        ProcessStreams streams = session.Streams!;
        ExecConfig config = session.Config;
        if (await TypeAsync(client, streams, config.DetachKeys, config.Tty, stop))
        {
            return true;
        }

        // Nobody else can attach to it later: the end of what its client sends is the end of its input.
        if (!config.Tty && !stop.IsCancellationRequested)
        {
            await CloseStdinAsync(container, session.Id, streams, stop);
        }

        return false;
    }

    public async Task ResizeExecAsync(string id, uint rows, uint columns, CancellationToken stop)
    {
        ExecSession session = FindExec(id);
        if (!session.IsRunning)
        {
            throw new RefusedException(ErrorKind.Conflict, $"container {session.ContainerId} is not running");
        }

        await ResizeAsync(session.ContainerId, session.Id, rows, columns, stop);
    }

    private async Task LaunchExecAsync(
        Container container, ExecSession session, IReadOnlyList<uint>? consoleSize, CancellationToken stop)
    {
        ExecConfig config = session.Config;
        var pipes = PipePaths.In(
            PipeDirectory(container.Id), session.Id + "-", config.AttachStdin, config.Tty);
        ProcessStreams? streams = null;
        try
        {
            byte[] spec = await ExecSpecAsync(container.Record, config, consoleSize, stop);
            streams = ProcessStreams.Open(pipes, session.Output, poller);
            session.Streams = streams;
            streams.StartPumping(static (_, _, _) => ValueTask.CompletedTask);
            await Containerd.CallAsync(
                ContainerdApi.Tasks.Exec,
                new ExecProcessRequest
                {
                    ContainerId = container.Id,
                    ExecId = session.Id,
                    Stdin = pipes.Stdin ?? "",
                    Stdout = pipes.Stdout,
                    Stderr = pipes.Stderr ?? "",
                    Terminal = config.Tty,
                    Spec = new Any
                    {
                        TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/Process",
                        Value = ByteString.CopyFrom(spec),
                    },
                },
                stop);
            StartTaskResponse started = await Containerd.CallAsync(
                ContainerdApi.Tasks.Start,
                new StartTaskRequest { ContainerId = container.Id, ExecId = session.Id },
                stop);
            session.Pid = (int)started.Pid;
            session.IsRunning = true;
        }
        catch (Exception e) when (e is RefusedException or RpcException or IOException)
        {
            (int exitCode, RefusedException refusal) = StartFailure.Explain(e, "OCI runtime exec failed");
            await FinishExecAsync(container, session, exitCode == 128 ? 126 : exitCode, stop);
            throw refusal;
        }

        Publish(container, "exec_start: " + string.Join(' ', config.Cmd!), ("execID", session.Id));
        background.Start($"exec in container {container.Record.ShortId}", async end =>
        {
            int exitCode = await session.Exited.Task.WaitAsync(end);
            await FinishExecAsync(container, session, exitCode, end);
            Publish(
                container,
                "exec_die",
                ("execID", session.Id),
                ("exitCode", exitCode.ToString(CultureInfo.InvariantCulture)));
        });
    }

    private async Task FinishExecAsync(
        Container container, ExecSession session, int exitCode, CancellationToken stop)
    {
        // Inspect must know the code before a client sees the end of the output and asks for it.
        session.ExitCode = exitCode;
        session.IsRunning = false;
        if (session.Streams is { } streams)
        {
            if (session.Pid != 0)
            {
                await streams.DrainAsync(StreamLimits.DrainBound, parts.Time);
            }

            await streams.DisposeAsync();
            streams.Delete();
        }

        session.Output.End();
        try
        {
            await Containerd.CallAsync(
                ContainerdApi.Tasks.DeleteProcess,
                new DeleteProcessRequest { ContainerId = container.Id, ExecId = session.Id },
                stop);
        }
        catch (RpcException)
        {
            // It never was, or its container has gone and has taken it along.
        }
    }

    private static void CheckTakesExec(Container container)
    {
        ContainerRecord record = container.Record;
        string? problem = record.State.Phase switch
        {
            ContainerPhase.Running => null,
            ContainerPhase.Paused => $"Container {record.Name} is paused, unpause the container before exec",
            ContainerPhase.Restarting =>
                $"Container {record.Id} is restarting, wait until the container is running",
            _ => $"container {record.Id} is not running",
        };
        if (problem is not null)
        {
            throw new RefusedException(ErrorKind.Conflict, problem);
        }
    }

    private ExecSession FindExec(string id)
    {
        if (execs.TryGetValue(id, out ExecSession? session))
        {
            return session;
        }

        throw new RefusedException(ErrorKind.NotFound, $"No such exec instance: {id}");
    }

    // Finished ones can be asked for some time; then, or when there are too many, they are forgotten.
    private void ForgetOldExecs(Container container)
    {
        IEnumerable<ExecSession> finished = container.Execs.Values
            .Where(session => session.ExitCode is not null || !session.HasBegun)
            .OrderBy(session => session.Created);
        int excess = container.Execs.Count - ContainerLimits.ExecCountMax;
        foreach (ExecSession session in finished)
        {
            if (excess-- > 0 || Now - session.Created > ContainerLimits.ExecKept)
            {
                ForgetExec(container, session.Id);
            }
        }

        if (container.Execs.Count >= ContainerLimits.ExecCountMax)
        {
            throw new RefusedException(
                ErrorKind.Unavailable,
                $"container {container.Id} runs {ContainerLimits.ExecCountMax} execs already; end some first");
        }
    }

    private void ForgetExec(Container container, string id)
    {
        container.Execs.TryRemove(id, out _);
        execs.TryRemove(id, out _);
    }

    private static bool Wants(StreamKind kind, bool stdout, bool stderr) =>
        kind == StreamKind.Stderr ? stderr : stdout;
}
