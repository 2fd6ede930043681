using System.Collections.Immutable;
using Skep.Manager.Leader;
using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Orchestration;

/// <summary>A swarm without machines: a store, its deciders, a clock set by hand, and agents that obey.</summary>
/// <remarks>
/// An agent brings its tasks as far as is wanted at once. What a container does is told by its image:
/// <c>bad</c> fails as it starts, <c>slow</c> never comes up, <c>once</c> ends well, everything else runs.
/// </remarks>
internal sealed class ServiceSwarm
{
    /// <summary>More looks than any scene needs in a row, so that decisions that never end are noticed.</summary>
    private const int LooksMax = 500;

    /// <summary>More than the writes of a scene take, and less than anything that it waits for.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    private readonly HashSet<NodeId> cutOff = [];
    private ImmutableArray<Decider> deciders = NewLeader();

    public ServiceSwarm(int nodes)
    {
        Store = Stores.With([.. Enumerable.Range(1, nodes).Select(number => NewNode($"n{number}"))]);
        Change(store => store.Update(store.Cluster! with
        {
            Spec = store.Cluster.Spec with { Orchestration = new() { TaskHistoryRetentionLimit = 5 } },
        }));
    }

    public StoreSnapshot Store { get; private set; }

    public DateTimeOffset Now { get; private set; } = Stores.Now;

    public IdSource Ids { get; } = Stores.Ids();

    public DateTimeOffset? WakeAt { get; private set; }

    /// <summary>Called after every write.</summary>
    public Action<ServiceSwarm>? OnChange { get; set; }

    public static ImmutableArray<Decider> NewLeader() => Deciders.OfServices(new());

    public static Node NewNode(string id) => Stores.Worker(id) with
    {
        Description = new()
        {
            Hostname = id,
            Platform = new() { Architecture = "x86_64", OS = "linux" },
            Resources = new() { NanoCpus = 4_000_000_000, MemoryBytes = 8L << 30 },
        },
    };

    public static void AssertNear(DateTimeOffset expected, SwarmTime? actual) =>
        Assert.Equal(expected, actual!.Value.ToDateTimeOffset(), TimeSpan.FromSeconds(0.5));

    /// <summary>The leader is gone, and with it whatever it remembered.</summary>
    public void ChangeLeader() => deciders = NewLeader();

    public void Change(Action<Transaction> change)
    {
        var transaction = new Transaction(Store, new(Store.Revision + 1), Now);
        change(transaction);
        Store = transaction.ToSnapshot();
        // Nothing happens twice at the same time; so it can be told later what came first.
        Now += TimeSpan.FromMicroseconds(1);
        OnChange?.Invoke(this);
    }

    public ServiceId Create(ServiceMode mode, string image, Func<ServiceSpec, ServiceSpec>? also = null)
    {
        ServiceId id = new(Ids.NewObjectId());
        var spec = new ServiceSpec
        {
            Annotations = new() { Name = $"s{id}" },
            Task = new() { Runtime = new ContainerSpec { Image = image } },
            Mode = mode,
        };
        Change(store => store.Create(new Service
        {
            Id = id,
            Spec = also is null ? spec : also(spec),
            SpecVersion = default(ObjectVersion),
            JobStatus = mode is ReplicatedJob or GlobalJob ? new() { LastExecution = SwarmTime.From(Now) } : null,
        }));
        return id;
    }

    /// <summary>As the control API does it.</summary>
    public void Update(ServiceId id, Func<ServiceSpec, ServiceSpec> change) => Change(store =>
    {
        Service service = store.Services.Get(id)!;
        bool isJob = service.Spec.Mode is ReplicatedJob or GlobalJob;
        store.Update(service with
        {
            PreviousSpec = service.Spec,
            PreviousSpecVersion = service.SpecVersion,
            Spec = change(service.Spec),
            SpecVersion = service.Meta.Version,
            UpdateStatus = null,
            JobStatus = isJob ? new() { JobIteration = service.Meta.Version } : null,
        });
    });

    public void SetImage(ServiceId id, string image) => Update(id, spec => spec with
    {
        Task = spec.Task with { Runtime = spec.Task.Container! with { Image = image } },
    });

    public void Scale(ServiceId id, ulong replicas) =>
        Update(id, spec => spec with { Mode = new ReplicatedService { Replicas = replicas } });

    public void Remove(ServiceId id) => Change(store => store.Delete(store.Services.Get(id)!));

    public void SetNode(string id, Func<Node, Node> change) =>
        Change(store => store.Update(change(store.Nodes.Get(new(id))!)));

    public void SetAvailability(string id, NodeAvailability availability) =>
        SetNode(id, node => node with { Spec = node.Spec with { Availability = availability } });

    /// <summary>Nothing is heard of the node any more; what runs on it goes on.</summary>
    public void CutOff(string id)
    {
        cutOff.Add(new(id));
        SetNode(id, node => node with { Status = node.Status with { State = NodeState.Down } });
    }

    public void Return(string id)
    {
        cutOff.Remove(new(id));
        SetNode(id, node => node with { Status = node.Status with { State = NodeState.Ready } });
    }

    /// <summary>One look of the leader.</summary>
    /// <returns>True when it changed something.</returns>
    public bool Look() => !Look(Ids).Changes.IsEmpty;

    public Plan Look(IdSource ids)
    {
        Plan plan = Round.Decide(Store, deciders, Now, ids);
        WakeAt = plan.WakeAt;
        if (plan.Changes.IsEmpty)
        {
            return plan;
        }
        Change(store =>
        {
            foreach (Change change in plan.Changes)
            {
                Assert.True(change.TryMake(store));
            }
        });
        return plan;
    }

    /// <summary>Each task goes one step; a container does what its image says.</summary>
    public bool StepAgents()
    {
        (SwarmTask Task, TaskState State)[] steps =
        [
            .. Store.Tasks.All
                .Where(task => !task.NodeId.IsEmpty && !cutOff.Contains(task.NodeId))
                .Select(task => (task, NextOf(task)))
                .Where(step => step.Item2 != step.task.Status.State),
        ];
        foreach ((SwarmTask task, TaskState state) in steps)
        {
            Report(task.Id, state);
        }
        return steps.Length > 0;
    }

    public void Report(TaskId id, TaskState state) => Change(store =>
    {
        SwarmTask task = store.Tasks.Get(id)!;
        store.Update(task with
        {
            Status = task.Status with
            {
                State = state,
                Timestamp = SwarmTime.From(Now),
                AppliedAt = SwarmTime.From(Now),
            },
        });
    });

    /// <summary>Lets everything happen that happens without time.</summary>
    public ServiceSwarm Settle()
    {
        for (int looks = 0; Look() | StepAgents(); looks++)
        {
            Assert.True(looks < LooksMax, "The swarm does not come to rest.");
        }
        return this;
    }

    /// <summary>Lets time pass, with every look at its time.</summary>
    public ServiceSwarm Pass(TimeSpan time)
    {
        DateTimeOffset end = Now + time + Slack;
        Settle();
        while (WakeAt is { } wake && wake <= end)
        {
            Now = wake > Now ? wake : Now;
            Settle();
        }
        Now = end;
        return Settle();
    }

    public ServiceSwarm Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public SwarmTask[] Tasks(ServiceId id) => [.. Store.TasksOf(id)];

    public SwarmTask[] Running(ServiceId id) =>
        [.. Store.TasksOf(id).Where(task => task.Status.State == TaskState.Running)];

    public UpdateStatus? StatusOf(ServiceId id) => Store.Services.Get(id)!.UpdateStatus;

    private static TaskState NextOf(SwarmTask task)
    {
        TaskState state = task.Status.State;
        if (state is < TaskState.Assigned or > TaskState.Running)
        {
            return state;
        }
        if (task.DesiredState > TaskState.Complete)
        {
            return TaskState.Shutdown;
        }
        string image = task.Spec.Container!.Image;
        return state switch
        {
            TaskState.Assigned => TaskState.Ready,
            TaskState.Ready when task.DesiredState <= TaskState.Ready || image == "slow" => state,
            TaskState.Ready when image == "bad" => TaskState.Failed,
            TaskState.Ready => TaskState.Running,
            TaskState.Running when image == "once" => TaskState.Complete,
            _ => state,
        };
    }
}
