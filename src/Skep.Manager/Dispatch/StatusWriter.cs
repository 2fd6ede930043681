using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Manager.Dispatch;

/// <summary>What is to become of a node's object.</summary>
/// <param name="Address">Where the node was seen; "": stays.</param>
/// <param name="Description">Null: stays.</param>
internal sealed record NodeUpdate(NodeState State, string Message, string Address, NodeDescription? Description);

/// <summary>Writes what nodes report, many reports in one transaction.</summary>
/// <remarks>
/// While one transaction is under way the next one gathers, so a lone report is written at once and a flood in few
/// writes. Of one node, or one task, the newest report counts. Thread-safe; <see cref="RunAsync"/> alone writes.
/// </remarks>
internal sealed class StatusWriter(StoreAccess store, NodeId self, TimeProvider time, Log log)
{
    private readonly Lock gate = new();
    private readonly Wake wake = new();
    private Dictionary<NodeId, NodeUpdate> nodes = [];
    private Dictionary<TaskId, SwarmTaskStatus> tasks = [];
    private Dictionary<VolumeId, List<NodeId>> volumes = [];
    private TaskCompletionSource written = NewSource();

    /// <returns>Ends when it is committed.</returns>
    public Task SetNode(NodeId node, NodeUpdate update)
    {
        lock (gate)
        {
            // A description that was not written yet is not lost to a state that follows it.
            nodes[node] = nodes.TryGetValue(node, out NodeUpdate? before)
                ? update with
                {
                    Description = update.Description ?? before.Description,
                    Address = update.Address.Length > 0 ? update.Address : before.Address,
                }
                : update;
            wake.Set();
            return written.Task;
        }
    }

    /// <returns>False: too much waits already.</returns>
    public bool TrySetTasks(IReadOnlyList<(TaskId Task, SwarmTaskStatus Status)> reports)
    {
        lock (gate)
        {
            if (tasks.Count + reports.Count > DispatchLimits.PendingTaskStatuses)
            {
                return false;
            }

            foreach ((TaskId task, SwarmTaskStatus status) in reports)
            {
                tasks[task] = status;
            }

            wake.Set();
            return true;
        }
    }

    public void SetUnpublished(VolumeId volume, NodeId node)
    {
        lock (gate)
        {
            if (!volumes.TryGetValue(volume, out List<NodeId>? on))
            {
                volumes[volume] = on = [];
            }

            if (!on.Contains(node))
            {
                on.Add(node);
            }

            wake.Set();
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await wake.WaitAsync(stop);
            (Batch batch, TaskCompletionSource done) = Take();
            try
            {
                await WriteAsync(batch, stop);
                done.SetResult();
            }
            catch (RefusedException refusal)
            {
                log.Warn("what nodes report could not be written", ("reason", refusal.Message));
                done.SetException(refusal);
                _ = done.Task.Exception; // Nobody may be waiting for it.
                PutBack(batch);
                await Task.Delay(DispatchLimits.WriteAgain, time, stop);
                wake.Set();
            }
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (Batch Batch, TaskCompletionSource Done) Take()
    {
        lock (gate)
        {
            var batch = new Batch(nodes, tasks, volumes);
            TaskCompletionSource done = written;
            (nodes, tasks, volumes, written) = ([], [], [], NewSource());
            return (batch, done);
        }
    }

    private async Task WriteAsync(Batch batch, CancellationToken stop)
    {
        List<Action<Transaction>> changes =
        [
            .. batch.Nodes.Select(pair => (Action<Transaction>)(write => WriteNode(write, pair.Key, pair.Value))),
            .. batch.Tasks.Select(pair => (Action<Transaction>)(write => WriteTask(write, pair.Key, pair.Value))),
            .. batch.Volumes.Select(pair => (Action<Transaction>)(write => WriteVolume(write, pair.Key, pair.Value))),
        ];
        foreach (Action<Transaction>[] part in changes.Chunk(Limits.TransactionChanges))
        {
            await store.Update(
                write =>
                {
                    foreach (Action<Transaction> change in part)
                    {
                        change(write);
                    }
                },
                stop);
        }
    }

    private void PutBack(Batch batch)
    {
        lock (gate)
        {
            foreach ((NodeId node, NodeUpdate update) in batch.Nodes)
            {
                nodes.TryAdd(node, update);
            }

            foreach ((TaskId task, SwarmTaskStatus status) in batch.Tasks)
            {
                tasks.TryAdd(task, status);
            }

            foreach ((VolumeId volume, List<NodeId> on) in batch.Volumes)
            {
                volumes.TryAdd(volume, on);
            }
        }
    }

    private static void WriteNode(Transaction write, NodeId id, NodeUpdate update)
    {
        if (write.Nodes.Get(id) is not { } node)
        {
            return;
        }

        Node after = node with
        {
            Status = node.Status with
            {
                State = update.State,
                Message = update.Message,
                Addr = update.Address.Length > 0 ? update.Address : node.Status.Addr,
            },
            Description = update.Description ?? node.Description,
        };
        if (after != node)
        {
            write.Update(after);
        }
    }

    private void WriteTask(Transaction write, TaskId id, SwarmTaskStatus status)
    {
        // A task only moves forward; an old report may come late. What a node says again, as every node does to a new
        // leader, is no news: since when a task has been running is told by when it was first written.
        if (write.Tasks.Get(id) is not { } task || task.Status.State > status.State
            || task.Status with { AppliedBy = status.AppliedBy, AppliedAt = status.AppliedAt } == status)
        {
            return;
        }

        write.Update(task with
        {
            Status = status with { AppliedBy = self, AppliedAt = SwarmTime.From(write.Now) },
        });
    }

    private static void WriteVolume(Transaction write, VolumeId id, List<NodeId> unpublishedOn)
    {
        if (write.Volumes.Get(id) is not { } volume)
        {
            return;
        }

        ValueList<VolumePublishStatus> statuses =
        [
            .. volume.PublishStatus.Select(status => unpublishedOn.Contains(status.NodeId)
                ? status with { State = VolumePublishState.PendingUnpublish }
                : status),
        ];
        if (statuses != volume.PublishStatus)
        {
            write.Update(volume with { PublishStatus = statuses });
        }
    }

    private sealed record Batch(
        Dictionary<NodeId, NodeUpdate> Nodes,
        Dictionary<TaskId, SwarmTaskStatus> Tasks,
        Dictionary<VolumeId, List<NodeId>> Volumes);
}
