using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Orchestration;

/// <summary>One service with all its tasks, while it is decided what becomes of them.</summary>
/// <remarks>
/// The rules work one after the other on the same slots, each on what the one before it left behind. What they
/// changed is read off at the end: one change per slot, so that a task is never stopped without its successor, and a
/// report about one task does not hold the others up.
/// </remarks>
internal sealed class ServiceWork
{
    private readonly Dictionary<SlotKey, Slot> slots = [];
    private readonly List<Slot> inOrder = [];
    private readonly Service given;

    public ServiceWork(StoreSnapshot store, Service service, DateTimeOffset now, IdSource ids)
    {
        Store = store;
        Service = given = service;
        Now = now;
        Ids = ids;
        bool isByNode = service.Spec.Mode is GlobalService or GlobalJob;
        foreach (SwarmTask task in store.TasksOf(service.Id).Where(task => task.DesiredState < TaskState.Remove))
        {
            SlotAt(isByNode ? new(0, task.NodeId) : new(task.Slot, default)).Take(task);
        }
        foreach (Slot slot in inOrder)
        {
            slot.Sort();
        }
        if (isByNode)
        {
            inOrder.Sort(static (one, other) => one.Key.CompareTo(other.Key));
        }
    }

    public StoreSnapshot Store { get; }

    public Service Service { get; set; }

    public DateTimeOffset Now { get; }

    public IdSource Ids { get; }

    /// <summary>Earliest time at which the answer may be another one.</summary>
    public DateTimeOffset? WakeAt { get; private set; }

    /// <summary>
    /// Those that the store has tasks of in order, then those that were asked for, which may have none.
    /// </summary>
    public IReadOnlyList<Slot> Slots => inOrder;

    public bool IsJob => Service.Spec.Mode is ReplicatedJob or GlobalJob;

    public Slot SlotAt(SlotKey key)
    {
        if (!slots.TryGetValue(key, out Slot? slot))
        {
            slots[key] = slot = new(key);
            inOrder.Add(slot);
        }
        return slot;
    }

    public Node? NodeOf(SwarmTask task) => task.NodeId.IsEmpty ? null : Store.Nodes.Get(task.NodeId);

    /// <summary>A task for this place from the service as it is now.</summary>
    public SwarmTask NewTask(SlotKey key, TaskState desired) =>
        TaskCreation.NewTask(Store.Cluster, Service, key.Number, key.Node, Now, Ids) with { DesiredState = desired };

    public void WakeNotAfter(DateTimeOffset time)
    {
        if (WakeAt is null || time < WakeAt)
        {
            WakeAt = time;
        }
    }

    public IEnumerable<Change> ToChanges()
    {
        if (!ReferenceEquals(Service, given))
        {
            yield return Change.Update(Service);
        }
        foreach (Slot slot in inOrder.Where(slot => slot.HasChanged))
        {
            yield return slot.ToChange();
        }
    }
}
