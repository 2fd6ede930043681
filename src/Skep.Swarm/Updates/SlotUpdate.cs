using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;

namespace Skep.Swarm.Updates;

/// <summary>How far an update has come in one slot, as its tasks tell.</summary>
internal sealed class SlotUpdate
{
    /// <summary>
    /// Marks a task that stayed up as long as it was watched, so that a later failure is none of the update.
    /// </summary>
    /// <remarks>
    /// Since when a task had been running cannot be told any more once it failed. The mark is an index of the task,
    /// which neither its user nor Docker's API shows; it is written only while an update goes on longer than the watch.
    /// </remarks>
    private const string PassedKey = "skep.update.passed";

    private readonly ServiceWork work;

    public SlotUpdate(ServiceWork work, Slot slot)
    {
        this.work = work;
        Slot = slot;
        Old = [.. slot.Wanted.Where(IsOutdated)];
        New = [.. slot.Wanted.Where(task => !IsOutdated(task))];
        // A task that ended for good keeps its slot, and is replaced as one that runs would be.
        IsOutdatedRest = Old.Length == 0 && New.Length == 0 && slot.Tasks.Count > 0 && IsOutdated(slot.Newest);
        Successor = FindSuccessor();
    }

    public Slot Slot { get; }

    /// <summary>Tasks that are wanted but are not what is asked for any more.</summary>
    public SwarmTask[] Old { get; }

    /// <summary>Tasks that are wanted and are what is asked for.</summary>
    public SwarmTask[] New { get; }

    /// <summary>
    /// The task by which this update replaced the old one; null when it has not come to this slot. Its failure is the
    /// update's; what the restart policy puts in its place is not.
    /// </summary>
    public SwarmTask? Successor { get; }

    public bool IsPending => New.Length == 0 && (Old.Length > 0 || IsOutdatedRest);

    public bool IsUnfinished => IsPending || Old.Length > 0 || New.Length > 1;

    private bool IsOutdatedRest { get; }

    /// <summary>The successor ended while it was watched.</summary>
    public bool HasFailed =>
        Successor is { } task && TaskLife.EndedByItself(task) && !HasPassed(task) && TaskLife.Since(task) >= StartedAt;

    /// <summary>When the next slot may be taken in place of this one; null when that cannot be said yet.</summary>
    public DateTimeOffset? FreeAt(TimeSpan delay) =>
        Successor is not { } task ? DateTimeOffset.MinValue
        : task.Status.State < TaskState.Running && TaskLife.IsWanted(task) ? null
        : delay == TimeSpan.Zero ? DateTimeOffset.MinValue
        : TaskLife.Since(task) + delay;

    /// <summary>Until when the successor is watched; null when it is not, or not any more.</summary>
    public DateTimeOffset? WatchedUntil(TimeSpan monitor) =>
        Successor is { Status.State: TaskState.Running } task && !HasPassed(task)
            ? TaskLife.Since(task) + monitor
            : null;

    /// <summary>Writes down that the successor stayed up.</summary>
    public void Pass()
    {
        SwarmTask task = Slot.Tasks.Single(one => one.Id == Successor!.Id);
        Slot.Change(task with
        {
            Annotations = task.Annotations with
            {
                Indices = [.. task.Annotations.Indices, new IndexEntry { Key = PassedKey, Val = "true" }],
            },
        });
    }

    private DateTimeOffset StartedAt =>
        work.Service.UpdateStatus?.StartedAt?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;

    private static bool HasPassed(SwarmTask task) => task.Annotations.Indices.Any(entry => entry.Key == PassedKey);

    private bool IsOutdated(SwarmTask task) => TaskDifference.IsOutdated(work.Service, task, work.NodeOf(task));

    private SwarmTask? FindSuccessor()
    {
        SwarmTask? found = null;
        bool hasPredecessor = false;
        foreach (SwarmTask task in Slot.Tasks)
        {
            if (TaskDifference.IsOther(work.Service, task))
            {
                found = null;
                hasPredecessor = true;
            }
            else if (hasPredecessor && found is null)
            {
                found = task;
            }
        }
        bool isOfThisUpdate = found is not null
            && (found.Meta.CreatedAt is not { } made || made.ToDateTimeOffset() >= StartedAt);
        return isOfThisUpdate ? found : null;
    }
}
