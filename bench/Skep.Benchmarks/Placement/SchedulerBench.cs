using System.Diagnostics;
using System.Globalization;
using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Store;

namespace Skep.Benchmarks.Placement;

/// <summary>The scheduler by itself, in memory: no log, no network, no agent.</summary>
internal static class SchedulerBench
{
    private const int TaskCount = 100_000;

    private static readonly DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(56);

    private static readonly IdSource ids = new(new Random(7).NextBytes);

    /// <summary>Lines of a table; the best of some rounds each, for whatever disturbs only makes it slower.</summary>
    public static IEnumerable<string> Run(int rounds)
    {
        yield return "| Measure | nodes | services | tasks/s | µs per task |";
        yield return "|---|---|---|---|---|";
        var plain = TaskSpec.Empty;
        var picky = new TaskSpec
        {
            Resources = new() { Reservations = new() { NanoCpus = 10_000_000, MemoryBytes = 1 << 20 } },
            Placement = new()
            {
                Constraints = ["node.role==worker", "node.labels.disk!=slow"],
                Preferences = [new() { Spread = new() { SpreadDescriptor = "node.labels.zone" } }],
            },
        };
        yield return Line("plain", 5_000, 100, plain, rounds);
        yield return Line("plain", 500, 100, plain, rounds);
        yield return Line("plain, services of one replica", 5_000, TaskCount, plain, rounds);
        yield return Line("reservations, constraints, spread", 5_000, 100, picky, rounds);
        foreach (int nodes in new[] { 500, 5_000 })
        {
            double micros = Enumerable.Range(0, rounds).Min(_ => OneMore(nodes, plain));
            yield return Format($"one more task beside {TaskCount}", nodes, 100, 1e6 / micros, micros);
        }
    }

    private static string Line(string name, int nodes, int services, TaskSpec spec, int rounds)
    {
        double seconds = Enumerable.Range(0, rounds).Min(_ => All(nodes, services, spec));
        return Format(name, nodes, services, TaskCount / seconds, seconds * 1e6 / TaskCount);
    }

    private static string Format(string name, int nodes, int services, double rate, double micros) =>
        string.Create(CultureInfo.InvariantCulture, $"| {name} | {nodes} | {services} | {rate:0} | {micros:0.0} |");

    /// <summary>Seconds to place all tasks in one look, by a scheduler that knows the nodes already.</summary>
    private static double All(int nodes, int services, TaskSpec spec)
    {
        StoreSnapshot empty = Nodes(nodes);
        var scheduler = new Scheduler();
        scheduler.Decide(empty, now, ids);
        StoreSnapshot store = WithTasks(empty, services, spec);
        GC.Collect();
        var watch = Stopwatch.StartNew();
        Plan plan = scheduler.Decide(store, now, ids);
        double seconds = watch.Elapsed.TotalSeconds;
        Check(plan, TaskCount);
        return seconds;
    }

    /// <summary>Microseconds of the look at one new task, when all others have their nodes.</summary>
    private static double OneMore(int nodes, TaskSpec spec)
    {
        const int looks = 200;
        var scheduler = new Scheduler();
        StoreSnapshot store = WithTasks(Nodes(nodes), 100, spec);
        store = Made(store, scheduler.Decide(store, now, ids));
        scheduler.Decide(store, now, ids);
        var watch = new Stopwatch();
        for (int look = 0; look < looks; look++)
        {
            var write = new Transaction(store, new(store.Revision + 1), now);
            write.Create(Task($"more{look}", 1, spec));
            store = write.ToSnapshot();
            watch.Start();
            Plan plan = scheduler.Decide(store, now, ids);
            watch.Stop();
            Check(plan, 1);
            store = Made(store, plan);
        }
        return watch.Elapsed.TotalMicroseconds / looks;
    }

    private static void Check(Plan plan, int count)
    {
        if (plan.Changes.Length != count || plan.Changes.Any(change =>
            ((SwarmTask)change.Actions[0].Object).Status.State != TaskState.Assigned))
        {
            throw new InvalidOperationException("not every task got a node");
        }
    }

    private static StoreSnapshot Made(StoreSnapshot store, Plan plan)
    {
        var write = new Transaction(store, new(store.Revision + 1), now);
        foreach (Change change in plan.Changes)
        {
            change.TryMake(write);
        }
        return write.ToSnapshot();
    }

    private static StoreSnapshot Nodes(int count) => StoreSnapshot.Of(1, Enumerable.Range(0, count).Select(Node));

    private static Node Node(int index) => new()
    {
        Id = new(ids.NewObjectId()),
        Spec = new()
        {
            Membership = NodeMembership.Accepted,
            Annotations = new() { Labels = ValueMap.Of(("zone", $"zone{index % 5}"), ("disk", "quick")) },
        },
        Status = new() { State = NodeState.Ready, Addr = "10.0.0.1" },
        Description = new()
        {
            Hostname = $"node{index}",
            Resources = new() { NanoCpus = 64_000_000_000, MemoryBytes = 1L << 37 },
        },
    };

    private static StoreSnapshot WithTasks(StoreSnapshot store, int services, TaskSpec spec)
    {
        var write = new Transaction(store, new(store.Revision + 1), now);
        for (int index = 0; index < TaskCount; index++)
        {
            write.Create(Task($"service{index % services}", (ulong)(index / services) + 1, spec));
        }
        return write.ToSnapshot();
    }

    private static SwarmTask Task(string service, ulong slot, TaskSpec spec) => new()
    {
        Id = new(ids.NewObjectId()),
        ServiceId = new(service),
        Slot = slot,
        Spec = spec,
        SpecVersion = new ObjectVersion(1),
        DesiredState = TaskState.Running,
        Status = new() { State = TaskState.Pending },
    };
}
