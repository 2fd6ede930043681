using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Orchestration;

namespace Skep.Tests.Reaping;

public class ReaperTests
{
    private static void FailAgainAndAgain(ServiceSwarm swarm, ServiceId id, int times)
    {
        for (int time = 0; time < times; time++)
        {
            foreach (SwarmTask task in swarm.Settle().Running(id))
            {
                swarm.Report(task.Id, TaskState.Failed);
            }
            swarm.Pass(5);
        }
    }

    [Fact]
    public void A_slot_keeps_its_newest_tasks_only()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = swarm.Create(new ReplicatedService { Replicas = 2 }, "web");
        FailAgainAndAgain(swarm, web, 8);
        Assert.Equal([5, 5], swarm.Tasks(web).CountBy(task => task.Slot).Select(slot => slot.Value));
        Assert.Equal(2, swarm.Running(web).Length);
        ServiceSwarm.AssertNear(swarm.Now.AddSeconds(-25), swarm.Tasks(web).Min(task => task.Meta.CreatedAt));
    }

    [Fact]
    public void A_shorter_history_applies_to_what_there_is()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId watch = swarm.Create(new GlobalService(), "web");
        FailAgainAndAgain(swarm, watch, 4);
        Assert.Equal(10, swarm.Tasks(watch).Length);
        void Keep(long count) => swarm.Change(store => store.Update(store.Cluster! with
        {
            Spec = store.Cluster.Spec with { Orchestration = new() { TaskHistoryRetentionLimit = count } },
        }));
        Keep(2);
        swarm.Settle();
        Assert.Equal([2, 2], swarm.Tasks(watch).CountBy(task => task.NodeId).Select(node => node.Value));
        Keep(-1);
        FailAgainAndAgain(swarm, watch, 9);
        Assert.Equal(22, swarm.Tasks(watch).Length);
        Keep(0);
        swarm.Settle();
        Assert.Equal(swarm.Running(watch), swarm.Tasks(watch));
    }

    [Fact]
    public void A_task_that_no_service_has_goes_when_it_is_orphaned()
    {
        var swarm = new ServiceSwarm(1);
        swarm.Change(store => store.Create(new SwarmTask
        {
            Id = new("lonely"),
            NodeId = new("n1"),
            Spec = new() { Runtime = new NetworkAttachmentSpec() },
            DesiredState = TaskState.Running,
            Status = new() { State = TaskState.Running },
        }));
        swarm.Look();
        Assert.False(swarm.Look());
        swarm.Report(new("lonely"), TaskState.Orphaned);
        swarm.Look();
        Assert.Null(swarm.Store.Tasks.Get(new("lonely")));
    }

    [Fact]
    public void A_removed_task_stays_until_its_node_has_stopped_it()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId web = swarm.Create(new ReplicatedService { Replicas = 2 }, "web");
        swarm.Settle();
        swarm.CutOff("n1");
        swarm.Remove(web);
        swarm.Settle();
        SwarmTask left = Assert.Single(swarm.Tasks(web));
        Assert.Equal(("n1", TaskState.Remove), (left.NodeId.Value, left.DesiredState));
        swarm.Return("n1");
        swarm.Settle();
        Assert.Empty(swarm.Tasks(web));
    }
}
