using System.Buffers;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Logs;
using Skep.Agent.Streams;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

/// <summary>What a client wants to see and do when it attaches.</summary>
/// <param name="Logs">What was written before comes first.</param>
/// <param name="Stream">What is written from now on, until the end.</param>
public sealed record AttachOptions(
    bool Stdin, bool Stdout, bool Stderr, bool Logs, bool Stream, string? DetachKeys);

// Clients on a container's streams.
public sealed partial class ContainerEngine
{
    /// <summary>Connects a client until the container ends, the client leaves, or types the detach keys.</summary>
    public async Task AttachAsync(string idOrName, AttachOptions wanted, Hijack hijack, CancellationToken stop)
    {
        Container container = Find(idOrName);
        _ = DetachKeys.Parse(wanted.DetachKeys);
        ContainerRecord record = container.Record;
        if (record.State.Phase == ContainerPhase.Paused)
        {
            throw new RefusedException(
                ErrorKind.Conflict, $"container {idOrName} is paused, unpause the container before attach");
        }

        if (record.State.Phase == ContainerPhase.Restarting)
        {
            throw new RefusedException(
                ErrorKind.Conflict,
                $"container {idOrName} is restarting, wait until the container is running");
        }

        // The client starts the container as soon as its connection is taken over: it must be heard by then.
        ContainerRun run = container.Run;
        var ready = new TaskCompletionSource<ClientOutput>(TaskCreationOptions.RunContinuationsAsynchronously);
        using OutputHub.Subscriber subscriber = run.Output.Subscribe(async (kind, bytes, end) =>
        {
            if (wanted.Stream && Wants(kind, wanted.Stdout, wanted.Stderr))
            {
                ClientOutput output = await ready.Task.WaitAsync(end);
                await output.WriteAsync(kind, bytes, end);
            }
        });
        await using Stream client = await hijack(stop);
        var clientOutput = new ClientOutput(client, isMultiplexed: !record.Config.Tty);
        if (wanted.Logs)
        {
            await ReplayAsync(container, wanted, clientOutput, stop);
        }

        ready.TrySetResult(clientOutput);
        Publish(container, "attach");
        if (!wanted.Stream)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<bool> typing = wanted.Stdin && record.Config.OpenStdin
            ? TypeToRunAsync(container, run, client, wanted.DetachKeys, over.Token)
            : Task.FromResult(false);
        await EndOfAttachmentAsync(run.Output, subscriber, typing, stop);
        await over.CancelAsync();
        if (typing.IsCompletedSuccessfully && typing.Result)
        {
            Publish(container, "detach");
        }
    }

    /// <summary>Sets the size of the container's terminal.</summary>
    public async Task ResizeAsync(string idOrName, uint rows, uint columns, CancellationToken stop)
    {
        Container container = Find(idOrName);
        if (!container.Record.IsAlive)
        {
            throw new RefusedException(ErrorKind.Conflict, $"container {container.Id} is not running");
        }

        await ResizeAsync(container.Id, "", rows, columns, stop);
        Publish(
            container,
            "resize",
            ("height", rows.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("width", columns.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private Task ResizeAsync(string id, string execId, uint rows, uint columns, CancellationToken stop) =>
        Containerd.CallAsync(
            ContainerdApi.Tasks.ResizePty,
            new ResizePtyRequest { ContainerId = id, ExecId = execId, Height = rows, Width = columns },
            stop);

    /// <summary>Waits for whichever comes first: the end of the output, of the client, or its detach keys.</summary>
    private static async Task EndOfAttachmentAsync(
        OutputHub output, OutputHub.Subscriber subscriber, Task<bool> typing, CancellationToken stop)
    {
        Task leaving = LeaveAsync(typing);
        await Task.WhenAny(output.Ended, subscriber.Gone, leaving).WaitAsync(stop);

        // Only a detach ends the attachment from this side: the end of typing does not.
        static async Task LeaveAsync(Task<bool> typing)
        {
            if (!await typing)
            {
                await new TaskCompletionSource().Task;
            }
        }
    }

    private async Task<bool> TypeToRunAsync(
        Container container, ContainerRun run, Stream client, string? detachKeys, CancellationToken stop)
    {
        ProcessStreams streams = await run.Started.Task.WaitAsync(stop);
        bool isTerminal = container.Record.Config.Tty;
        if (await TypeAsync(client, streams, detachKeys, isTerminal, stop))
        {
            return true;
        }

        if (container.Record.Config.StdinOnce && !isTerminal)
        {
            await CloseStdinAsync(container, execId: "", streams, stop);
        }

        return false;
    }

    // The shim holds the pipe's other end open too, until it is told.
    private async Task CloseStdinAsync(
        Container container, string execId, ProcessStreams streams, CancellationToken stop)
    {
        streams.CloseStdin();
        try
        {
            await Containerd.CallAsync(
                ContainerdApi.Tasks.CloseIO,
                new CloseIORequest { ContainerId = container.Id, ExecId = execId, Stdin = true },
                stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            // It ended meanwhile: nobody reads any more.
        }
    }

    /// <summary>Carries what a client types to a process.</summary>
    /// <returns>True: it typed the detach keys. False: it has closed its side, or the process reads no more.</returns>
    private static async Task<bool> TypeAsync(
        Stream client, ProcessStreams streams, string? detachKeys, bool isTerminal, CancellationToken stop)
    {
        DetachKeys keys = DetachKeys.Parse(detachKeys);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(StreamLimits.PumpBytes);
        try
        {
            int count;
            while ((count = await client.ReadAsync(buffer, stop)) > 0)
            {
                ReadOnlyMemory<byte> typed = buffer.AsMemory(0, count);
                if (isTerminal)
                {
                    (byte[] pass, bool isDetached) = keys.Feed(typed.Span);
                    await streams.WriteStdinAsync(pass, stop);
                    if (isDetached)
                    {
                        return true;
                    }
                }
                else
                {
                    await streams.WriteStdinAsync(typed, stop);
                }
            }

            return false;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException
            or IOException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReplayAsync(
        Container container, AttachOptions wanted, ClientOutput output, CancellationToken stop)
    {
        var query = new LogQuery(wanted.Stdout, wanted.Stderr, Follow: false, Since: null, Until: null, Tail: null);
        await foreach (LogLine line in LogReader.ReadAsync(store.LogPathOf(container.Id), container.Log, query, stop))
        {
            await output.WriteAsync(line.Stream, line.Text, stop);
        }
    }
}
