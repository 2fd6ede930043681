using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Logs;
using Skep.Agent.Network;
using Skep.Agent.Streams;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Transport.Rpc;
using WireContainer = Skep.Agent.Containerd.Wire.Container;

namespace Skep.Agent.Containers;

// From a record to a running process. Whatever fails on the way takes back what was made before it.
public sealed partial class ContainerEngine
{
    /// <summary>Starts a container that does not run.</summary>
    /// <exception cref="RefusedException">NotModified: it runs already.</exception>
    public Task StartAsync(string idOrName, CancellationToken stop)
    {
        Container container = Find(idOrName);
        return WithGateAsync(
            container,
            async () =>
            {
                CheckMayStart(container);
                container.PendingRestart?.Cancel();
                container.RestartDelay = null;
                SetState(container, state => state with { RestartCount = 0, IsStoppedByHand = false });

                // A client that goes away must not leave half a container: from here on it is the engine's work.
                await StartProcessAsync_NeedsGate(container, background.Stop);
            },
            stop);
    }

    private static void CheckMayStart(Container container)
    {
        switch (container.Record.State.Phase)
        {
            case ContainerPhase.Paused:
                throw new RefusedException(
                    ErrorKind.Conflict, "cannot start a paused container, try unpause instead");
            case ContainerPhase.Running:
                throw new RefusedException(ErrorKind.NotModified, "container is already running");
            case ContainerPhase.Removing or ContainerPhase.Dead:
                throw new RefusedException(
                    ErrorKind.Conflict, "container is marked for removal and cannot be started");
        }
    }

    private async Task StartProcessAsync_NeedsGate(Container container, CancellationToken stop)
    {
        try
        {
            await LaunchAsync(container, stop);
        }
        catch (Exception e) when (e is RefusedException or RpcException or (IOException and not SyncFailedException))
        {
            // The cancelled start of an ending engine is cleared by the next one; a refused one is cleared here.
            await ClearRunAsync(container, StreamLimits.FailedStartBound, CancellationToken.None);
            (int exitCode, RefusedException refusal) = StartFailure.Explain(e);
            SaveState(container, state => state with
            {
                Phase = state.StartedAt is null ? ContainerPhase.Created : ContainerPhase.Exited,
                Pid = 0,
                ExitCode = exitCode,
                Error = refusal.Message,
                FinishedAt = state.StartedAt is null ? state.FinishedAt : Now,
            });
            container.Run.Output.End();
            container.Run = new ContainerRun();
            container.AnnounceExit(new ContainerExit(exitCode, Now, refusal.Message));
            if (container.Record.HostConfig.AutoRemove)
            {
                RemoveInBackground(container);
            }

            throw refusal;
        }

        Publish(container, "start");
        StartHealth(container);
    }

    private async Task LaunchAsync(Container container, CancellationToken stop)
    {
        ContainerRecord record = container.Record;
        container.SawOom = false;
        container.HasLeftovers_NeedsGate = true;
        Sandbox? sandbox = await OpenSandboxAsync(record, stop);
        PreparedRun prepared = await PrepareAsync(record, sandbox, stop);
        var pipes = PipePaths.In(
            PipeDirectory(record.Id), "", record.Config.OpenStdin, record.Config.Tty);
        var streams = ProcessStreams.Open(pipes, container.Run.Output, poller);
        container.Streams = streams;
        container.Log = OpenLog(record);
        streams.StartPumping(KeepIn(container.Log));
        await CreateInContainerdAsync(record, prepared.Spec, stop);
        var create = new CreateTaskRequest
        {
            ContainerId = record.Id,
            Stdin = pipes.Stdin ?? "",
            Stdout = pipes.Stdout,
            Stderr = pipes.Stderr ?? "",
            Terminal = record.Config.Tty,
            Options = RuntimeOptions(),
        };
        create.Rootfs.AddRange(prepared.RootMounts);
        CreateTaskResponse created = await Containerd.CallAsync(ContainerdApi.Tasks.Create, create, stop);
        await Containerd.CallAsync(
            ContainerdApi.Tasks.Start, new StartTaskRequest { ContainerId = record.Id }, stop);
        Save(container, record with
        {
            Network = sandbox?.Settings ?? prepared.SharedNetwork,
            State = record.State with
            {
                Phase = ContainerPhase.Running,
                Pid = (int)created.Pid,
                ExitCode = 0,
                Error = "",
                StartedAt = Now,
                OomKilled = false,
            },
        });
        container.LastHealth = null;
        container.Run.Started.TrySetResult(streams);
    }

    private JsonFileLog? OpenLog(ContainerRecord record)
    {
        if (record.HostConfig.LogConfig.Type == "none")
        {
            return null;
        }

        var subject = new LogSubject(record.Id, record.Name, record.ImageId, record.Config);
        return new JsonFileLog(
            store.LogPathOf(record.Id), JsonFileOptions.Parse(record.HostConfig.LogConfig, subject), parts.Time);
    }

    private static TakeOutput KeepIn(JsonFileLog? log) =>
        log is null ? static (_, _, _) => ValueTask.CompletedTask : log.WriteAsync;

    private string PipeDirectory(string id) => Path.Combine(parts.Instance.ExecRoot, "io", id);

    private async Task CreateInContainerdAsync(ContainerRecord record, byte[] spec, CancellationToken stop)
    {
        var wanted = new WireContainer
        {
            Id = record.Id,
            Image = record.Config.Image,
            Snapshotter = Containerd.Snapshotter,
            SnapshotKey = record.SnapshotKey,
            Runtime = new WireContainer.Types.Runtime
            {
                Name = "io.containerd.runc.v2",
                Options = RuntimeOptions(),
            },
            Spec = new Any
            {
                TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/Spec",
                Value = ByteString.CopyFrom(spec),
            },
        };
        var request = new CreateContainerRequest { Container = wanted };
        try
        {
            await Containerd.CallAsync(ContainerdApi.Containers.Create, request, stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.AlreadyExists)
        {
            // Left by a run that a crash cut off before it could be cleared.
            await DeleteInContainerdAsync(record.Id, stop);
            await Containerd.CallAsync(ContainerdApi.Containers.Create, request, stop);
        }
    }

    private Any RuntimeOptions() => new()
    {
        TypeUrl = "containerd.runc.v1.Options",
        Value = new RuncOptions { BinaryName = options.RuntimeBinary }.ToByteString(),
    };

    /// <summary>Takes back everything a run has made, whatever there is of it.</summary>
    /// <param name="drainBound">How long output may still come.</param>
    private async Task ClearRunAsync(Container container, TimeSpan drainBound, CancellationToken stop)
    {
        string id = container.Id;
        await DeleteTaskAsync(id, stop);
        await DeleteInContainerdAsync(id, stop);
        if (container.Streams is { } streams)
        {
            await streams.DrainAsync(drainBound, parts.Time);
            await streams.DisposeAsync();
            container.Streams = null;
        }

        container.Log?.Dispose();
        container.Log = null;
        await CloseRunAsync(container.Record, stop);
        string pipes = PipeDirectory(id);
        if (Directory.Exists(pipes))
        {
            Directory.Delete(pipes, recursive: true);
        }
    }

    /// <summary>Ends the task if there is one, by force, and takes it out of containerd.</summary>
    /// <returns>How it ended; null: there was none.</returns>
    private async Task<DeleteTaskResponse?> DeleteTaskAsync(string id, CancellationToken stop)
    {
        const uint kill = 9;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                return await Containerd.CallAsync(
                    ContainerdApi.Tasks.Delete, new DeleteTaskRequest { ContainerId = id }, stop);
            }
            catch (RpcException e) when (e.Status == RpcStatus.NotFound)
            {
                return null;
            }
            catch (RpcException e) when (e.Status != RpcStatus.Unavailable && attempt == 0)
            {
                // It still runs: containerd says so with one code or another, by its version and the task's state.
                await KillTaskAsync(id, kill, all: true, stop);
                await WaitForTaskAsync(id, stop);
            }
        }

        return null;
    }

    private async Task WaitForTaskAsync(string id, CancellationToken stop)
    {
        using var bound = new CancellationTokenSource(ContainerLimits.KillWait, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, bound.Token);
        try
        {
            await Containerd.CallAsync(ContainerdApi.Tasks.Wait, new WaitRequest { ContainerId = id }, either.Token);
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            // It has gone altogether.
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new RefusedException(ErrorKind.Failed, $"the process of container {id} does not die of SIGKILL");
        }
    }

    private async Task DeleteInContainerdAsync(string id, CancellationToken stop)
    {
        try
        {
            await Containerd.CallAsync(
                ContainerdApi.Containers.Delete, new DeleteContainerRequest { Id = id }, stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            // It never got that far.
        }
    }
}
