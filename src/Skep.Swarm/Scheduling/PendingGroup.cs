using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>What tasks must have in common to be placed together, and failures to count together.</summary>
/// <param name="Service">The service.</param>
/// <param name="Spec">The edition of its spec.</param>
/// <param name="Single">Set for a task that does not know its edition, and is placed by itself.</param>
internal readonly record struct GroupKey(ServiceId Service, ObjectVersion Spec, TaskId Single) : IComparable<GroupKey>
{
    public static GroupKey Of(SwarmTask task) =>
        new(task.ServiceId, task.SpecVersion ?? default, task.SpecVersion is null ? task.Id : default);

    public int CompareTo(GroupKey other)
    {
        int order = string.CompareOrdinal(Service.Value, other.Service.Value);
        if (order == 0)
        {
            order = Spec.Index.CompareTo(other.Spec.Index);
        }
        return order != 0 ? order : string.CompareOrdinal(Single.Value, other.Single.Value);
    }
}

/// <summary>Tasks that wait for a node and ask the same of it.</summary>
internal sealed class PendingGroup
{
    private readonly Dictionary<TaskId, SwarmTask> tasks = [];

    public int Count => tasks.Count;

    /// <summary>
    /// The state of the board at which no task of the group had a node and all of them said why; 0: never.
    /// </summary>
    public long SettledAt { get; set; }

    /// <summary>Why the service must not start yet, once all tasks of the group say so.</summary>
    public string? HeldFor { get; set; }

    /// <summary>Why no node fits, if that was found lately.</summary>
    public Verdicts? Verdicts { get; set; }

    /// <summary>In the order in which they get nodes.</summary>
    public SwarmTask[] Ordered()
    {
        SwarmTask[] ordered = [.. tasks.Values];
        Array.Sort(ordered, static (one, other) =>
        {
            int order = one.Slot.CompareTo(other.Slot);
            return order != 0 ? order : string.CompareOrdinal(one.Id.Value, other.Id.Value);
        });
        return ordered;
    }

    public void Set(SwarmTask task)
    {
        if (!tasks.TryGetValue(task.Id, out SwarmTask? known)
            || (!ReferenceEquals(known.Spec, task.Spec) && known.Spec != task.Spec))
        {
            SettledAt = 0;
            HeldFor = null;
            Verdicts = null;
        }
        tasks[task.Id] = task;
    }

    public void Remove(TaskId task) => tasks.Remove(task);
}
