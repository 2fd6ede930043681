using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Store;

namespace Skep.Tests.Orchestration;

/// <summary>What must hold after every single write, and what must hold once a swarm was left in peace.</summary>
internal sealed class ServiceInvariants
{
    private StoreSnapshot seen = StoreSnapshot.Empty;

    /// <summary>Nothing a task is told or says is ever taken back.</summary>
    public void CheckWrite(StoreSnapshot store)
    {
        foreach ((SwarmTask? before, SwarmTask? task) in store.TasksSince(seen))
        {
            if (before is not null && task is not null)
            {
                Assert.True(task.DesiredState >= before.DesiredState, $"{task.Id} is wanted back");
                Assert.True(task.Status.State >= before.Status.State, $"{task.Id} went back");
                Assert.True(before.NodeId.IsEmpty || before.NodeId == task.NodeId, $"{task.Id} changed its node");
                Assert.Equal(before.Spec, task.Spec);
                Assert.Equal((before.ServiceId, before.Slot), (task.ServiceId, task.Slot));
            }
        }
        seen = store;
    }

    /// <summary>What holds after every look, whatever happens around it.</summary>
    public static void CheckLook(StoreSnapshot store)
    {
        foreach (Service service in store.Services.All)
        {
            SwarmTask[] wanted =
            [
                .. store.TasksOf(service.Id).Where(task =>
                    task is { DesiredState: <= TaskState.Complete, Status.State: <= TaskState.Running }),
            ];
            foreach (IGrouping<(ulong, NodeId), SwarmTask> place in wanted.GroupBy(task => PlaceOf(service, task)))
            {
                Assert.True(place.Count() <= 2, $"{place.Count()} tasks are wanted in one place");
                int running = place.Count(task => task.Status.State == TaskState.Running);
                Assert.True(running <= 1, $"{running} tasks of one place run and are wanted");
            }
            if (service.Spec.Mode is ReplicatedService mode)
            {
                int places = wanted.Select(task => task.Slot).Distinct().Count();
                Assert.True((ulong)places <= mode.Replicas, $"{places} of {mode.Replicas} slots are wanted");
            }
            if (service.Spec.Mode is ReplicatedJob job)
            {
                Assert.InRange(
                    (ulong)wanted.Length, 0ul, job.MaxConcurrent);
            }
        }
        CheckNodes(store);
    }

    /// <summary>What holds once nothing has happened for long and every node is up.</summary>
    public static void CheckPeace(StoreSnapshot store)
    {
        foreach (SwarmTask task in store.Tasks.All)
        {
            Assert.NotNull(store.Services.Get(task.ServiceId));
        }
        foreach (Service service in store.Services.All)
        {
            SwarmTask[] tasks = [.. store.TasksOf(service.Id)];
            SwarmTask[] running = [.. tasks.Where(task => task.Status.State == TaskState.Running)];
            Assert.All(running, task => Assert.Equal(TaskState.Running, task.DesiredState));
            Assert.All(running, task => Assert.Equal(service.Spec.Task.Container!.Image, task.Spec.Container!.Image));
            Assert.All(
                tasks.CountBy(task => PlaceOf(service, task)),
                place => Assert.InRange(place.Value, 1, 5));
            switch (service.Spec.Mode)
            {
                case ReplicatedService mode:
                    Assert.Equal(mode.Replicas, (ulong)running.Select(task => task.Slot).Distinct().Count());
                    Assert.Equal(mode.Replicas, (ulong)running.Length);
                    break;
                case GlobalService:
                    ConstraintSet constraints = ConstraintSet.Of(service.Spec.Task);
                    Assert.Equal(
                        store.Nodes.All.Where(constraints.Matches).Select(node => node.Id.Value),
                        running.Select(task => task.NodeId.Value).Order(StringComparer.Ordinal));
                    break;
                case ReplicatedJob job:
                    Assert.Equal(job.TotalCompletions, (ulong)tasks.Count(task =>
                        task.Status.State == TaskState.Complete
                        && task.JobIteration == service.JobStatus!.JobIteration));
                    break;
            }
            Assert.True(
                service.UpdateStatus?.State is null or UpdateState.Completed or UpdateState.RollbackCompleted,
                $"{service.UpdateStatus?.State}");
        }
    }

    private static (ulong, NodeId) PlaceOf(Service service, SwarmTask task) =>
        service.Spec.Mode is GlobalService or GlobalJob ? (0, task.NodeId) : (task.Slot, default);

    private static void CheckNodes(StoreSnapshot store)
    {
        foreach (Node node in store.Nodes.All)
        {
            long reserved = store.TasksOn(node.Id)
                .Where(task => task.Status.State is >= TaskState.Assigned and <= TaskState.Running)
                .Where(task => task.DesiredState <= TaskState.Complete)
                .Sum(task => task.Spec.Resources?.Reservations?.MemoryBytes ?? 0);
            Assert.True(reserved <= node.Description!.Resources!.MemoryBytes, $"{node.Id} is promised {reserved}");
        }
        foreach (SwarmTask task in store.Tasks.All.Where(task => task.DesiredState <= TaskState.Complete))
        {
            Node? node = task.NodeId.IsEmpty ? null : store.Nodes.Get(task.NodeId);
            bool mayBeThere = task.NodeId.IsEmpty || task.Status.State > TaskState.Running
                || node is { Status.State: NodeState.Ready, Spec.Availability: not NodeAvailability.Drain };
            Assert.True(mayBeThere, $"{task.Id} is wanted on a node that takes none");
        }
    }
}
