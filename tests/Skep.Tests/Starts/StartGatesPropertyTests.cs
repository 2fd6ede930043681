using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Starts;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;

namespace Skep.Tests.Starts;

public class StartGatesPropertyTests
{
    private const int ServiceCount = 5;

    private static readonly TaskState[] States =
    [
        TaskState.Starting, TaskState.Running, TaskState.Running, TaskState.Complete, TaskState.Failed,
    ];

    private static readonly string[] Conditions = ["", ":started", ":healthy", ":completed"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void One_that_followed_the_swarm_holds_back_as_one_that_has_never_seen_it(int seed)
    {
        var random = new Random(seed);
        var old = new Scheduler();
        StoreSnapshot store = Stores.With([Scenes.Node("a"), Scenes.Node("b")]);
        int held = 0, placed = 0;
        for (int step = 0; step < 400; step++)
        {
            store = store.Change(write => Change(write, random, step));
            Plan expected = new Scheduler().Decide(store, Stores.Now, Stores.Ids());
            Plan found = old.Decide(store, Stores.Now, Stores.Ids());
            Assert.Equal(Told(expected), Told(found));
            held += Told(found).Count(task =>
                task.Status.Err.StartsWith("waiting for service", StringComparison.Ordinal));
            placed += Told(found).Count(task => task.Status.State == TaskState.Assigned);
            store = random.Next(4) == 0 ? store : store.Make(found);
        }
        Assert.True(held > 20, $"{held} were held back");
        Assert.True(placed > 50, $"{placed} were placed");
    }

    private static IEnumerable<SwarmTask> Told(Plan plan) =>
        plan.Changes.Select(change => (SwarmTask)change.Actions.Single().Object);

    private static void Change(Transaction write, Random random, int step)
    {
        string id = $"s{random.Next(ServiceCount)}";
        Service? service = write.Services.Get(new(id));
        if (service is null)
        {
            write.Create(NewService(id, random));
            return;
        }
        SwarmTask[] tasks = [.. write.TasksOf(service.Id)];
        SwarmTask? task = tasks.Length == 0 ? null : tasks[random.Next(tasks.Length)];
        switch (random.Next(9))
        {
            case 0:
                write.Update(NewService(id, random) with { Meta = service.Meta });
                break;
            case 1 when random.Next(4) == 0:
                write.Delete(service);
                break;
            case 2 when task is not null:
                write.Delete(task);
                break;
            case 3 when task is not null:
                write.Update(task with { DesiredState = TaskState.Remove });
                break;
            case 4 or 5 when task is { NodeId.IsEmpty: false }:
                write.Update(task with { Status = new() { State = States[random.Next(States.Length)] } });
                break;
            default:
                write.Create(Scenes.Task(id, (ulong)random.Next(1, 4)) with { Id = new($"t{step:d4}") });
                break;
        }
    }

    private static Service NewService(string id, Random random) => new()
    {
        Id = new(id),
        Spec = new()
        {
            Annotations = new()
            {
                Name = id,
                Labels = random.Next(3) == 0
                    ? default
                    : ValueMap.Of((StartLabel.Key, $"{Gate(random)},{Gate(random)}")),
            },
            Mode = new ReplicatedService { Replicas = (ulong)random.Next(3) },
            Task = new() { Restart = new() { Condition = (RestartCondition)random.Next(3) } },
        },
    };

    private static string Gate(Random random) =>
        $"s{random.Next(ServiceCount + 1)}{Conditions[random.Next(Conditions.Length)]}";
}
