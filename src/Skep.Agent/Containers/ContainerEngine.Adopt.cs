using Skep.Agent.Cgroups;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Mounts;
using Skep.Agent.Oci;
using Skep.Agent.Streams;
using Skep.Linux.Mounts;
using Skep.Swarm;
using TaskStatus = Skep.Agent.Containerd.Wire.TaskStatus;

namespace Skep.Agent.Containers;

// The start of the daemon: what runs is taken over, what was half done is finished, what belongs to nobody is removed.
public sealed partial class ContainerEngine
{
    private const int ExitCodeOfTheLost = 255;

    /// <summary>
    /// Reads the records. The network and volumes are told of them before <see
    /// cref="StartAsync(CancellationToken)"/>.
    /// </summary>
    /// <returns>The containers whose processes are there, by what containerd says.</returns>
    public async Task<IReadOnlyCollection<string>> LoadAsync(CancellationToken stop)
    {
        foreach (ContainerRecord record in store.Load())
        {
            containers[record.Id] = new Container(record);
            names.Reserve(record.Name, record.Id);
        }

        Dictionary<string, TaskProcess> tasks = await ListTasksAsync(stop);
        parts.Volumes.Adopt(containers.Values.SelectMany(container => ContainerMounts.UsesOf(
            container.Id, container.Record.Mounts, tasks.ContainsKey(container.Id))));
        return [.. tasks.Where(task => IsAlive(task.Value)).Select(task => task.Key).Where(containers.ContainsKey)];
    }

    /// <summary>Takes over running containers and clears up. Call once, after <see cref="LoadAsync"/>.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        if (options.Kernel.AppArmor)
        {
            await AppArmorProfile.EnsureLoadedAsync(stop);
        }

        Dictionary<string, TaskProcess> tasks = await ListTasksAsync(stop);
        await RemoveOrphansAsync(tasks, stop);
        var limit = new SemaphoreSlim(ContainerLimits.StartsAtOnce);
        await Task.WhenAll(containers.Values.ToArray().Select(async container =>
        {
            await limit.WaitAsync(stop);
            try
            {
                await WithGateAsync(
                    container,
                    () => TryClearAsync(
                        container.Id,
                        () => TakeOverAsync(container, tasks.GetValueOrDefault(container.Id), stop)),
                    stop);
            }
            finally
            {
                limit.Release();
            }
        }));
        CgroupLeftovers.Remove(
            cgroups,
            CgroupPaths.Parent(parts.Instance, options.CgroupParent),
            containers.Values.Where(one => one.Record.IsAlive).Select(one => one.Id).ToHashSet());
        foreach (Container container in containers.Values.OrderBy(one => one.Record.Created))
        {
            FinishOrRestart(container);
        }
    }

    /// <summary>Stops every container, each with its own signal and grace. For the end of an installation.</summary>
    /// <param name="grace">Replaces the containers' own; null: each its own.</param>
    public async Task StopAllAsync(TimeSpan? grace, CancellationToken stop)
    {
        await Task.WhenAll(containers.Values.Where(IsUp).Select(async container =>
        {
            try
            {
                // Not by a user's wish: "always" and "unless-stopped" start it again with the next daemon.
                bool wasByHand = container.Record.State.IsStoppedByHand;
                await StopOneAsync(container, (int?)grace?.TotalSeconds, signal: null, stop);
                await WithGateAsync(
                    container,
                    () =>
                    {
                        SaveState(container, state => state with { IsStoppedByHand = wasByHand });
                        return Task.CompletedTask;
                    },
                    stop);
            }
            catch (RefusedException e)
            {
                parts.Log.Error("a container cannot be stopped", ("container", container.Id), ("reason", e.Message));
            }
        }));
    }

    private static bool IsAlive(TaskProcess task) =>
        task.Status is TaskStatus.TaskRunning or TaskStatus.TaskPaused or TaskStatus.TaskPausing;

    private async Task<Dictionary<string, TaskProcess>> ListTasksAsync(CancellationToken stop)
    {
        ListTasksResponse answer = await Containerd.CallAsync(
            ContainerdApi.Tasks.List, new ListTasksRequest(), stop);

        // containerd fills in only one of the two ids here.
        return answer.Tasks.ToDictionary(task => task.ContainerId.Length > 0 ? task.ContainerId : task.Id);
    }

    private async Task TakeOverAsync(Container container, TaskProcess? task, CancellationToken stop)
    {
        ContainerRecord record = container.Record;
        bool isOurs = task is not null && record.IsAlive && task.Pid == (uint)record.State.Pid;
        if (isOurs && IsAlive(task!))
        {
            TakeOverRunning(container, task!);
            return;
        }

        if (record.IsAlive)
        {
            // It ended while no daemon was there to see it.
            (int exitCode, DateTimeOffset at) = isOurs
                ? ((int)task!.ExitStatus, task.ExitedAt?.ToDateTimeOffset() ?? Now)
                : (ExitCodeOfTheLost, Now);
            await EndAsync_NeedsGate(container, exitCode, at, stop);
        }
        else
        {
            // A start that a crash cut off, or nothing at all.
            await ClearRunAsync(container, StreamLimits.DrainBound, stop);
        }
    }

    private void TakeOverRunning(Container container, TaskProcess task)
    {
        ContainerRecord record = container.Record;
        var pipes = PipePaths.In(PipeDirectory(record.Id), "", record.Config.OpenStdin, record.Config.Tty);
        var streams = ProcessStreams.Open(pipes, container.Run.Output, poller);
        container.Streams = streams;
        container.Log = OpenLog(record);
        streams.StartPumping(KeepIn(container.Log));
        container.Run.Started.TrySetResult(streams);
        ContainerPhase phase = task.Status == TaskStatus.TaskRunning ? ContainerPhase.Running : ContainerPhase.Paused;
        if (phase != record.State.Phase)
        {
            SaveState(container, state => state with { Phase = phase });
        }

        StartHealth(container);
    }

    /// <summary>After containerd was away: ends that nobody heard of.</summary>
    private async Task LookAgainAsync(CancellationToken stop)
    {
        Dictionary<string, TaskProcess> tasks = await ListTasksAsync(stop);
        foreach (Container container in containers.Values.Where(one => one.Record.IsAlive))
        {
            // Under the gate, so that a start that is under way is not mistaken for an end.
            await WithGateAsync(
                container,
                async () =>
                {
                    if (!container.Record.IsAlive || (tasks.TryGetValue(container.Id, out TaskProcess? task)
                        && task.Pid == (uint)container.Record.State.Pid && IsAlive(task)))
                    {
                        return;
                    }

                    TaskProcess? now = (await ListTasksAsync(stop)).GetValueOrDefault(container.Id);
                    if (now is null || !IsAlive(now))
                    {
                        await EndAsync_NeedsGate(
                            container,
                            now is null ? ExitCodeOfTheLost : (int)now.ExitStatus,
                            now?.ExitedAt?.ToDateTimeOffset() ?? Now,
                            stop);
                    }
                },
                stop);
        }
    }

    private void FinishOrRestart(Container container)
    {
        ContainerRecord record = container.Record;
        bool isDoomed = record.State.Phase is ContainerPhase.Removing or ContainerPhase.Dead
            || (record.HostConfig.AutoRemove && record.State.Phase == ContainerPhase.Exited);
        if (isDoomed)
        {
            background.Start(
                $"removal of container {record.ShortId}",
                end => RemoveGoneAsync(container, removeVolumes: record.HostConfig.AutoRemove, end));
        }
        else if (!record.IsAlive && container.PendingRestart is null
            && Restarts.IsWantedAtStart(record.HostConfig.RestartPolicy, record.State))
        {
            SaveState(container, state => state with { Phase = ContainerPhase.Restarting });
            ScheduleRestart(container, Restarts.FirstDelay);
        }
    }

    private async Task RemoveOrphansAsync(Dictionary<string, TaskProcess> tasks, CancellationToken stop)
    {
        foreach (string id in tasks.Keys.Where(id => !containers.ContainsKey(id)))
        {
            parts.Log.Warn("removing a process that belongs to no container", ("id", id));
            await TryClearAsync(id, () => DeleteTaskAsync(id, stop));
        }

        ListContainersResponse known = await Containerd.CallAsync(
            ContainerdApi.Containers.List, new ListContainersRequest(), stop);
        foreach (string id in known.Containers.Select(one => one.Id).Where(id => !containers.ContainsKey(id)))
        {
            await DeleteInContainerdAsync(id, stop);
        }

        var snapshots = new ListSnapshotsRequest { Snapshotter = Containerd.Snapshotter };
        snapshots.Filters.Add($"labels.\"{SnapshotLabel}\"");
        var leftover = new List<string>();
        await foreach (ListSnapshotsResponse page in
            Containerd.ReadStreamAsync(ContainerdApi.Snapshots.List, snapshots, stop))
        {
            leftover.AddRange(page.Info
                .Where(info => info.Labels.ContainsKey(SnapshotLabel) && !containers.ContainsKey(info.Name))
                .Select(info => info.Name));
        }

        foreach (string key in leftover)
        {
            await RemoveSnapshotAsync(key, stop);
        }

        TemporaryMount.Sweep(parts.Instance);
        RemoveLeftoverDirectories(Path.Combine(parts.Instance.ExecRoot, "io"));
        RemoveLeftoverDirectories(Path.Combine(parts.Instance.ExecRoot, "shm"));
    }

    private void RemoveLeftoverDirectories(string parent)
    {
        if (!Directory.Exists(parent))
        {
            return;
        }

        foreach (string directory in Directory.EnumerateDirectories(parent))
        {
            if (!containers.ContainsKey(Path.GetFileName(directory)))
            {
                KernelMounts.DetachBelow(directory);
                Directory.Delete(directory, recursive: true);
            }
        }
    }
}
