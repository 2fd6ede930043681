using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Starts;

/// <summary>Which services must not start yet, because services that they wait for are not there.</summary>
/// <remarks>
/// <para>
/// Only the first start is held back, and that from no task at all: as soon as one task of a service has had a node,
/// its updates, replacements and further tasks come as those of any service. Tasks that are to be removed do not
/// count, so a service that comes back from no tasks waits anew.
/// </para>
/// <para>
/// A memo of the snapshot it was last told of. What it counts follows from the tasks, one by one, so a new leader
/// counts the same, and a question costs what the label names and not what the services have.
/// </para>
/// </remarks>
internal sealed class StartGates
{
    private readonly Dictionary<ServiceId, Tally> tallies = [];
    private readonly Dictionary<ServiceId, IReadOnlyList<StartGate>> waiting = [];
    private readonly Dictionary<ServiceId, bool> completed = [];
    private readonly Dictionary<(ServiceId Service, ServiceId On), string?> circles = [];
    private StoreSnapshot store = StoreSnapshot.Empty;

    /// <summary>To be called before what differs is told.</summary>
    public void Follow(StoreSnapshot next)
    {
        foreach ((Service? before, Service? after) in next.ServicesSince(store))
        {
            ServiceId id = (before ?? after)!.Id;
            completed.Remove(id);
            circles.Clear();
            waiting.Remove(id);
            if (after is not null && StartLabel.Read(after.Spec.Annotations.Labels) is { Count: > 0 } gates)
            {
                waiting[id] = gates;
            }
        }
        store = next;
    }

    /// <summary>A task that is not the same any more.</summary>
    public void Follow(SwarmTask? before, SwarmTask? after)
    {
        ServiceId id = (before ?? after)!.ServiceId;
        if (completed.Count > 0)
        {
            completed.Remove(id);
        }
        Tally change = Tally.Of(after) - Tally.Of(before);
        if (id.IsEmpty || change == default)
        {
            return;
        }
        Tally was = tallies.GetValueOrDefault(id);
        Tally now = was + change;
        if (now == default)
        {
            tallies.Remove(id);
        }
        else
        {
            tallies[id] = now;
        }
        if (was.LetThrough == 0 != (now.LetThrough == 0))
        {
            circles.Clear();
        }
    }

    /// <summary>Why the tasks of a service must not have a node yet; null: they may.</summary>
    public string? Reason(ServiceId service)
    {
        if (!IsHeld(service))
        {
            return null;
        }
        foreach (StartGate gate in waiting[service])
        {
            Service? other = store.Services.Named(gate.Service);
            if (other is null)
            {
                return $"waiting for service {gate.Service}, which does not exist";
            }
            if (!IsMet(gate, other))
            {
                return $"waiting for service {gate.Service} {Wanted(gate)}{Trouble(service, gate, other)}";
            }
        }
        return null;
    }

    private bool IsHeld(ServiceId service) =>
        waiting.Count > 0 && waiting.ContainsKey(service) && tallies.GetValueOrDefault(service).LetThrough == 0;

    private bool IsMet(StartGate gate, Service other)
    {
        if (gate.Condition != StartCondition.Completed)
        {
            Tally tally = tallies.GetValueOrDefault(other.Id);
            return (gate.Condition == StartCondition.Healthy ? tally.Running : tally.Started) > 0;
        }
        if (!completed.TryGetValue(other.Id, out bool isCompleted))
        {
            completed[other.Id] = isCompleted = Completion.Is(store, other);
        }
        return isCompleted;
    }

    private static string Wanted(StartGate gate) => gate.Condition switch
    {
        StartCondition.Healthy => "to be healthy",
        StartCondition.Completed => "to complete",
        _ => "to start",
    };

    /// <summary>What keeps it from ever coming true, if that can be said.</summary>
    private string Trouble(ServiceId service, StartGate gate, Service other) =>
        CircleOf(service, other) is { } circle ? $", which waits for this one: {circle}"
        : gate.Condition == StartCondition.Completed && !Completion.CanBe(other)
        ? ", which is started again whenever it ends: make it a job, or its restart condition none or on-failure"
        : other.Spec.Mode is ReplicatedService { Replicas: 0 } ? ", which is scaled to 0"
        : "";

    private string? CircleOf(ServiceId service, Service on)
    {
        if (!circles.TryGetValue((service, on.Id), out string? circle))
        {
            circles[(service, on.Id)] = circle = FindCircle(service, on);
        }
        return circle;
    }

    /// <summary>The shortest way from a service to itself over others that are held back as well.</summary>
    private string? FindCircle(ServiceId service, Service on)
    {
        var cameFrom = new Dictionary<ServiceId, ServiceId> { [on.Id] = service };
        if (on.Id == service)
        {
            return Way(cameFrom, service);
        }
        var open = new Queue<ServiceId>([on.Id]);
        while (cameFrom.Count <= Limits.StartCircle && open.TryDequeue(out ServiceId at))
        {
            foreach (StartGate gate in IsHeld(at) ? waiting[at] : [])
            {
                if (store.Services.Named(gate.Service) is not { } next || !cameFrom.TryAdd(next.Id, at))
                {
                    continue;
                }
                if (next.Id == service)
                {
                    return Way(cameFrom, service);
                }
                open.Enqueue(next.Id);
            }
        }
        return null;
    }

    private string Way(Dictionary<ServiceId, ServiceId> cameFrom, ServiceId service)
    {
        var names = new List<string> { NameOf(service) };
        for (ServiceId at = cameFrom[service]; at != service; at = cameFrom[at])
        {
            names.Insert(0, NameOf(at));
        }
        names.Insert(0, NameOf(service));
        return string.Join(" -> ", names);
    }

    private string NameOf(ServiceId service) => store.Services.Get(service)!.Spec.Annotations.Name;

    /// <summary>How many tasks of a service have come how far.</summary>
    /// <param name="LetThrough">Those that have or had a node.</param>
    /// <param name="Started">Those whose node starts them or has started them, unless they failed.</param>
    /// <param name="Running">Those that run and shall.</param>
    private readonly record struct Tally(int LetThrough, int Started, int Running)
    {
        public static Tally operator +(Tally one, Tally other) =>
            new(one.LetThrough + other.LetThrough, one.Started + other.Started, one.Running + other.Running);

        public static Tally operator -(Tally one, Tally other) =>
            new(one.LetThrough - other.LetThrough, one.Started - other.Started, one.Running - other.Running);

        public static Tally Of(SwarmTask? task)
        {
            if (task is null || task.DesiredState >= TaskState.Remove || task.Status.State < TaskState.Assigned)
            {
                return default;
            }
            bool isWanted = task.DesiredState <= TaskState.Complete;
            TaskState state = task.Status.State;
            bool isStarted = state == TaskState.Complete
                || (isWanted && state is TaskState.Starting or TaskState.Running);
            return new(1, isStarted ? 1 : 0, isWanted && state == TaskState.Running ? 1 : 0);
        }
    }
}
