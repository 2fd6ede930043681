using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Scheduling;

/// <summary>A small swarm to which all sorts of things happen.</summary>
internal sealed class RandomSwarm(int seed)
{
    private static readonly NodeState[] States = [NodeState.Ready, NodeState.Ready, NodeState.Ready, NodeState.Down];

    private static readonly TaskState[] Steps =
        [TaskState.Running, TaskState.Running, TaskState.Complete, TaskState.Failed, TaskState.Rejected];

    private readonly Random random = new(seed);
    private int taskCount;

    public StoreSnapshot Store { get; private set; } = Stores.With();

    public DateTimeOffset Now { get; private set; } = Stores.Now;

    public void Step()
    {
        Now += TimeSpan.FromSeconds(random.Next(30));
        Store = Store.Change(write =>
        {
            for (int count = random.Next(1, 8); count > 0; count--)
            {
                if (random.Next(5) == 0)
                {
                    ChangeNode(write);
                }
                else
                {
                    ChangeTask(write);
                }
            }
        });
    }

    /// <summary>Makes some of what was decided, and now and then nothing of it.</summary>
    public void Make(IEnumerable<Skep.Swarm.Decisions.Change> changes)
    {
        int kept = random.Next(5) switch { 0 => 0, 1 => 50, _ => 100 };
        Store = Store.Change(write =>
        {
            foreach (Skep.Swarm.Decisions.Change change in changes.Where(_ => random.Next(100) < kept))
            {
                Assert.True(change.TryMake(write));
            }
        });
    }

    private void ChangeNode(Transaction write)
    {
        string id = $"n{random.Next(9)}";
        Node? node = write.Nodes.Get(new(id));
        if (node is not null && random.Next(8) == 0)
        {
            write.Delete(node);
            return;
        }
        Node next = (node ?? Scenes.Node(id)) with
        {
            Spec = new()
            {
                Availability = (NodeAvailability)(random.Next(5) == 0 ? 1 : 0),
                Annotations = new()
                {
                    Labels = ValueMap.Of(("zone", $"z{random.Next(3)}"), ("rack", $"r{random.Next(2)}")),
                },
            },
            Status = new() { State = States[random.Next(States.Length)] },
        };
        if (node is null)
        {
            write.Create(next);
        }
        else
        {
            write.Update(next);
        }
    }

    private void ChangeTask(Transaction write)
    {
        List<SwarmTask> tasks = [.. write.Tasks.All];
        if (tasks.Count < 20 || (tasks.Count < 80 && random.Next(3) == 0))
        {
            write.Create(NewTask());
            return;
        }
        SwarmTask task = tasks[random.Next(tasks.Count)];
        switch (random.Next(4))
        {
            case 0 when task.Status.State > TaskState.Running:
                write.Delete(task);
                break;
            case 1:
                write.Update(task with { DesiredState = TaskState.Shutdown });
                break;
            default:
                TaskState state = Steps[random.Next(Steps.Length)];
                if (task.Status.State is >= TaskState.Assigned and <= TaskState.Running)
                {
                    write.Update(task with
                    {
                        Status = new() { State = state, AppliedAt = SwarmTime.From(Now) },
                    });
                }
                break;
        }
    }

    private SwarmTask NewTask()
    {
        // Each service asks for something else, and always for the same.
        int kind = random.Next(8);
        bool isGlobal = kind == 7;
        var spec = new TaskSpec
        {
            Resources = kind is 1 or 2
                ? new() { Reservations = new() { NanoCpus = 700_000_000, MemoryBytes = 90 * kind } }
                : null,
            Placement = new()
            {
                Constraints = kind is 2 or 3 ? ["node.labels.zone!=z1"] : [],
                MaxReplicas = kind == 4 ? 2UL : 0,
                Preferences = kind is 5 or 6
                    ? [Spread("zone"), .. kind == 6 ? new[] { Spread("rack") } : []]
                    : [],
            },
        };
        return Scenes.Task($"s{kind}", isGlobal ? 0 : (ulong)random.Next(1, 9), spec) with
        {
            Id = new($"t{++taskCount:d5}"),
            NodeId = isGlobal ? new($"n{random.Next(9)}") : default,
            SpecVersion = random.Next(9) == 0 ? null : new ObjectVersion((ulong)random.Next(1, 3)),
            Endpoint = kind == 3
                ? new() { Ports = [new() { PublishMode = PublishMode.Host, PublishedPort = 80 }] }
                : null,
        };
    }

    private static PlacementPreference Spread(string label) =>
        new() { Spread = new() { SpreadDescriptor = "node.labels." + label } };
}
