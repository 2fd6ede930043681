using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Streams;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Validation;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

// Removal: begun once, it only goes forward; the next start of the daemon finishes what a crash cut off.
public sealed partial class ContainerEngine
{
    public async Task RemoveAsync(string idOrName, bool force, bool removeVolumes, CancellationToken stop)
    {
        Container container = Find(idOrName);
        if (IsUp(container))
        {
            RefuseUnlessForced(container, force);
            await WantStoppedAsync(container, stop);
            if (container.Record.IsAlive)
            {
                await SignalAsync(container, SigKill, stop);
                Publish(container, "kill", ("signal", "9"));
                if (!await WaitForEndAsync(container, ContainerLimits.KillWait, stop))
                {
                    throw new RefusedException(
                        ErrorKind.Failed,
                        $"cannot remove container \"{container.Record.Name}\": could not kill container: "
                        + "tried to kill container, but did not receive an exit event");
                }
            }
        }

        await RemoveGoneAsync(container, removeVolumes, background.Stop).WaitAsync(stop);
    }

    /// <summary>Removes containers that do not run. Filters: until, label, label!.</summary>
    public async Task<ContainersPruned> PruneAsync(Filters filters, CancellationToken stop)
    {
        filters.RequireKnown("until", "label", "label!");
        DateTimeOffset? until = filters.Values("until") is [var text, ..]
            ? Skep.Docker.Filters.Timestamps.Parse(text, Now)
            : null;
        var deleted = new List<string>();
        long reclaimed = 0;
        foreach (Container container in containers.Values)
        {
            ContainerRecord record = container.Record;
            if (IsUp(container)
                || (until is not null && record.Created > until)
                || !filters.MatchesLabels(record.Config.Labels))
            {
                continue;
            }

            reclaimed += await SizeOfAsync(record, stop);
            await RemoveGoneAsync(container, removeVolumes: false, stop);
            deleted.Add(record.Id);
        }

        parts.Events.Publish("container", "prune", "", new Dictionary<string, string>
        {
            ["reclaimed"] = reclaimed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        return new ContainersPruned
        {
            ContainersDeleted = deleted.Count > 0 ? deleted : null,
            SpaceReclaimed = reclaimed,
        };
    }

    public Task RenameAsync(string idOrName, string newName, CancellationToken stop)
    {
        Container container = Find(idOrName);
        string name = newName.TrimStart('/');
        if (name.Length == 0)
        {
            throw new RefusedException(ErrorKind.Invalid, "Neither old nor new names may be empty");
        }

        name = ContainerName.Parse(name);
        return WithGateAsync(
            container,
            async () =>
            {
                string old = container.Record.Name;
                if (name == old)
                {
                    throw new RefusedException(
                        ErrorKind.Invalid, "Renaming a container with the same name as its current name");
                }

                names.Reserve(name, container.Id);
                Save(container, container.Record with { Name = name });
                names.Release(old, container.Id);
                if (container.Record.IsAlive && parts.Networks.FindSandbox(container.Id) is not null)
                {
                    await parts.Networks.RenameAsync(container.Id, name, stop);
                }

                Publish(container, "rename", ("oldName", "/" + old));
            },
            stop);
    }

    private static void RefuseUnlessForced(Container container, bool force)
    {
        if (force)
        {
            return;
        }

        (string what, string way) = container.Record.State.Phase switch
        {
            ContainerPhase.Paused => ("paused", "unpause and then stop the container"),
            ContainerPhase.Restarting => ("restarting", "stop the container"),
            _ => ("running", "stop the container"),
        };
        throw new RefusedException(
            ErrorKind.Conflict,
            $"cannot remove container \"{container.Record.Name}\": container is {what}: "
            + $"{way} before removing or force remove");
    }

    /// <summary>For those that nobody shall have to remove (--rm).</summary>
    private void RemoveInBackground(Container container) => background.Start(
        $"removal of container {container.Record.ShortId}",
        stop => RemoveGoneAsync(container, removeVolumes: true, stop));

    private Task RemoveGoneAsync(Container container, bool removeVolumes, CancellationToken stop) => WithGateAsync(
        container,
        async () =>
        {
            if (container.Removed.Task.IsCompleted)
            {
                return;
            }

            if (container.Record.IsAlive)
            {
                throw new RefusedException(
                    ErrorKind.Conflict,
                    $"cannot remove container \"{container.Record.Name}\": it was started again meanwhile");
            }

            container.PendingRestart?.Cancel();
            SaveState(container, state => state with { Phase = ContainerPhase.Removing });
            try
            {
                await ForgetAsync(container, removeVolumes, stop);
            }
            catch (Exception e) when (e is RpcException or (IOException and not SyncFailedException))
            {
                SaveState(container, state => state with { Phase = ContainerPhase.Dead, Error = e.Message });
                throw new RefusedException(
                    ErrorKind.Failed, $"cannot remove container \"{container.Record.Name}\": {e.Message}", e);
            }
        },
        stop);

    private async Task ForgetAsync(Container container, bool removeVolumes, CancellationToken stop)
    {
        ContainerRecord record = container.Record;
        if (container.HasLeftovers_NeedsGate)
        {
            await ClearRunAsync(container, StreamLimits.DrainBound, stop);
        }

        await RemoveSnapshotAsync(record.SnapshotKey, stop);
        await ReleaseVolumesAsync(record, removeVolumes, stop);
        store.Delete(record.Id);
        containers.TryRemove(record.Id, out _);
        names.Release(record.Name, record.Id);
        foreach (string execId in container.Execs.Keys)
        {
            ForgetExec(container, execId);
        }

        Publish(container, "destroy");
        container.Removed.TrySetResult();
    }

    private async Task RemoveSnapshotAsync(string key, CancellationToken stop)
    {
        try
        {
            await Containerd.CallAsync(
                ContainerdApi.Snapshots.Remove,
                new RemoveSnapshotRequest { Snapshotter = Containerd.Snapshotter, Key = key },
                stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            // containerd's garbage collection was quicker.
        }
    }
}
