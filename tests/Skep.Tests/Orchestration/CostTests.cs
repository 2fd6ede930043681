using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Orchestration;

public class CostTests
{
    private const int ServiceCount = 3_000;

    /// <summary>
    /// Memory is what a test can measure without a clock: whoever walks through all services takes some for each.
    /// </summary>
    private const long BytesMax = 64 * ServiceCount;

    [Fact]
    public void A_look_costs_what_changed_and_not_what_there_is()
    {
        var swarm = new ServiceSwarm(50);
        swarm.Change(store =>
        {
            for (int number = 0; number < ServiceCount; number++)
            {
                store.Create(new Service
                {
                    Id = new($"idle{number:d5}"),
                    Spec = new()
                    {
                        Annotations = new() { Name = $"idle{number}" },
                        Mode = new ReplicatedService(),
                        Task = new() { Runtime = new ContainerSpec { Image = "web" } },
                    },
                });
            }
        });
        ServiceId web = swarm.Create(new ReplicatedService { Replicas = 20 }, "web");
        long all = Bytes(() => swarm.Settle());
        Assert.True(all > BytesMax, $"{all} bytes for the first looks: the bound says nothing");
        swarm.Report(swarm.Running(web)[0].Id, TaskState.Failed);
        Assert.InRange(Bytes(() => Assert.False(swarm.Look(swarm.Ids).Changes.IsEmpty)), 0, BytesMax);
        swarm.SetNode("n1", node => node with { Status = node.Status with { Message = "hello" } });
        Assert.InRange(Bytes(() => Assert.False(swarm.Look())), 0, BytesMax);
        swarm.SetImage(web, "newer");
        Assert.InRange(Bytes(() => Assert.True(swarm.Look())), 0, BytesMax);
    }

    private static long Bytes(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
