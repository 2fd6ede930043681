using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;

namespace Skep.Tests.Orchestration;

/// <summary>A thousand things that users and machines do, in an order nobody thought of.</summary>
public class RandomOperationsTests
{
    private const int NodeCount = 7;

    private static readonly string[] Images = ["v1", "v2", "v3", "bad", "slow", "once"];

    [Theory]
    [InlineData(1, 1_000)]
    [InlineData(2, 200)]
    [InlineData(3, 200)]
    [InlineData(4, 200)]
    public void Services_keep_their_promises_whatever_happens(int seed, int operations)
    {
        var random = new Random(seed);
        var swarm = new ServiceSwarm(NodeCount);
        var invariants = new ServiceInvariants();
        swarm.OnChange = now => invariants.CheckWrite(now.Store);
        for (int operation = 0; operation < operations; operation++)
        {
            Operate(swarm, random);
            for (int steps = random.Next(6); steps > 0; steps--)
            {
                Step(swarm, random);
            }
        }
        Heal(swarm);
        swarm.Pass(TimeSpan.FromMinutes(20));
        ServiceInvariants.CheckPeace(swarm.Store);
        Assert.False(swarm.Look());
        swarm.ChangeLeader();
        Assert.False(swarm.Look());
    }

    private static void Step(ServiceSwarm swarm, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                swarm.Pass(random.Next(10));
                ServiceInvariants.CheckLook(swarm.Store);
                break;
            case 1:
                swarm.ChangeLeader();
                break;
            case 2 or 3 or 4:
                swarm.StepAgents();
                break;
            default:
                LookTwice(swarm, random.Next());
                ServiceInvariants.CheckLook(swarm.Store);
                break;
        }
    }

    /// <summary>A leader that remembers and one that does not decide the same.</summary>
    private static void LookTwice(ServiceSwarm swarm, int seed)
    {
        IdSource Ids() => new(new Random(seed).NextBytes);
        Plan fresh = Round.Decide(swarm.Store, ServiceSwarm.NewLeader(), swarm.Now, Ids());
        Plan plan = swarm.Look(Ids());
        Assert.Equal(fresh.WakeAt, plan.WakeAt);
        Assert.Equal(fresh.Changes.Select(Text), plan.Changes.Select(Text));
    }

    private static string Text(Change change) => string.Join("; ", change.Actions.Select(action => action.Object switch
    {
        SwarmTask task => $"{action.Kind} {task.Id} {task.DesiredState} {task.Status.State} {task.NodeId} {task.Slot}",
        Service service => $"{action.Kind} {service.Id} {service.UpdateStatus}",
        var other => $"{action.Kind} {other.RawId}",
    }));

    private static void Operate(ServiceSwarm swarm, Random random)
    {
        ServiceId[] services = [.. swarm.Store.Services.All.Select(service => service.Id)];
        if (services.Length < 3 || (services.Length < 12 && random.Next(5) == 0))
        {
            Create(swarm, random);
            return;
        }
        ServiceId service = services[random.Next(services.Length)];
        ServiceMode mode = swarm.Store.Services.Get(service)!.Spec.Mode!;
        string node = $"n{random.Next(NodeCount) + 1}";
        switch (random.Next(10))
        {
            case 0:
                swarm.Remove(service);
                break;
            case 1 or 2 when mode is ReplicatedService:
                swarm.Scale(service, (ulong)random.Next(12));
                break;
            case 3 or 4:
                swarm.SetImage(service, Images[random.Next(Images.Length)]);
                break;
            case 5:
                swarm.Update(service, spec => spec with { Task = WithPlacement(spec.Task, random) });
                break;
            case 6:
                swarm.SetAvailability(node, (NodeAvailability)random.Next(3));
                break;
            case 7:
                swarm.CutOff(node);
                break;
            case 8:
                swarm.Return(node);
                break;
            default:
                Label(swarm, node, random.Next(2) == 0 ? "a" : "b");
                break;
        }
    }

    private static void Create(ServiceSwarm swarm, Random random)
    {
        ServiceMode mode = random.Next(5) switch
        {
            0 => new GlobalService(),
            1 => new ReplicatedJob { TotalCompletions = (ulong)random.Next(1, 8), MaxConcurrent = 3 },
            _ => new ReplicatedService { Replicas = (ulong)random.Next(10) },
        };
        string image = mode is ReplicatedJob ? "once" : Images[random.Next(Images.Length)];
        swarm.Create(mode, image, spec => spec with
        {
            Update = NewUpdate(random),
            Rollback = NewUpdate(random),
            Task = WithPlacement(spec.Task, random) with
            {
                Resources = new() { Reservations = new() { MemoryBytes = random.Next(3) << 26 } },
                Restart = new()
                {
                    Condition = RestartCondition.Any,
                    Delay = SwarmDuration.From(TimeSpan.FromSeconds(random.Next(1, 6))),
                },
            },
        });
    }

    private static UpdateConfig NewUpdate(Random random) => new()
    {
        Parallelism = (ulong)random.Next(4),
        Delay = SwarmDuration.From(TimeSpan.FromSeconds(random.Next(3))),
        FailureAction = (UpdateFailureAction)random.Next(3),
        MaxFailureRatio = random.Next(2) * 0.3f,
        Order = (UpdateOrder)random.Next(2),
    };

    private static TaskSpec WithPlacement(TaskSpec spec, Random random) => spec with
    {
        Placement = random.Next(3) == 0 ? new() { Constraints = ["node.labels.zone == a"] } : null,
    };

    private static void Label(ServiceSwarm swarm, string node, string zone) => swarm.SetNode(node, one => one with
    {
        Spec = one.Spec with { Annotations = new() { Labels = ValueMap.Of(("zone", zone)) } },
    });

    /// <summary>Every machine is well again, and so is what is asked for.</summary>
    private static void Heal(ServiceSwarm swarm)
    {
        for (int number = 1; number <= NodeCount; number++)
        {
            swarm.Return($"n{number}");
            swarm.SetAvailability($"n{number}", NodeAvailability.Active);
            Label(swarm, $"n{number}", number <= 4 ? "a" : "b");
        }
        foreach (Service service in swarm.Store.Services.All.ToArray())
        {
            swarm.SetImage(service.Id, service.Spec.Mode is ReplicatedJob ? "once" : "v4");
        }
    }
}
