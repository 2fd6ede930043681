using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Orchestration;

/// <summary>A place in a service: a number, or for services that run everywhere a node.</summary>
internal readonly record struct SlotKey(ulong Number, NodeId Node) : IComparable<SlotKey>
{
    public int CompareTo(SlotKey other) => Number != other.Number
        ? Number.CompareTo(other.Number)
        : string.CompareOrdinal(Node.Value, other.Node.Value);
}

/// <summary>The tasks that had, have and will have one place, while a decision about them is made.</summary>
/// <remarks>
/// Usually one task is wanted; two while one takes over from the other. Tasks that are to be removed do not count
/// any more and are left out from the start.
/// </remarks>
internal sealed class Slot(SlotKey key)
{
    // Most services have one task in a slot, and most looks leave it alone: neither may cost much.
    private readonly List<SwarmTask> tasks = new(1);
    private Dictionary<TaskId, StoreActionKind>? touched;

    public SlotKey Key => key;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SwarmTask> Tasks => tasks;

    public IEnumerable<SwarmTask> Wanted => tasks.Where(TaskLife.IsWanted);

    public SwarmTask Newest => tasks[^1];

    public bool HasWanted
    {
        get
        {
            foreach (SwarmTask task in tasks)
            {
                if (TaskLife.IsWanted(task))
                {
                    return true;
                }
            }
            return false;
        }
    }

    /// <summary>Nothing ended, nothing waits: one task that is on its way or runs.</summary>
    public bool IsPlain =>
        tasks.Count == 1 && TaskLife.IsWanted(tasks[0]) && !TaskLife.HasEnded(tasks[0])
        && tasks[0].DesiredState >= TaskState.Running;

    public bool HasChanged => touched is not null;

    /// <summary>Takes a task in as the store has it.</summary>
    public void Take(SwarmTask task) => tasks.Add(task);

    /// <summary>To be called once everything was taken in.</summary>
    public void Sort()
    {
        if (tasks.Count > 1)
        {
            tasks.Sort(TaskLife.CompareAge);
        }
    }

    public void Add(SwarmTask made)
    {
        tasks.Add(made);
        (touched ??= [])[made.Id] = StoreActionKind.Create;
    }

    public void Change(SwarmTask after)
    {
        int index = tasks.FindIndex(task => task.Id == after.Id);
        Invariant.Holds(index >= 0);
        tasks[index] = after;
        (touched ??= []).TryAdd(after.Id, StoreActionKind.Update);
    }

    /// <summary>Moves what is wanted of a task forward; never back.</summary>
    public void Want(SwarmTask task, TaskState desired)
    {
        if (task.DesiredState < desired)
        {
            Change(task with { DesiredState = desired });
        }
    }

    /// <summary>Everything that was decided about this place, which belongs together.</summary>
    public Decisions.Change ToChange() => new(
        [
            .. tasks.Where(task => touched!.ContainsKey(task.Id))
                .Select(task => new StoreAction(touched![task.Id], task)),
        ]);
}
