using Skep.Swarm;
using Skep.Swarm.Logging;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Logging;

/// <summary>What the leader's log says of a change, and of what it says nothing.</summary>
public class StoreNewsTests
{
    private static readonly Node node = Stores.Worker("n1") with { Description = new() { Hostname = "host1" } };

    [Fact]
    public void A_node_that_goes_down_is_told_with_the_reason() => Assert.Equal(
        "warn a node is down node=host1 node.id=n1 reason=\"heartbeat failure\"",
        OfUpdate(node, node with { Status = new() { State = NodeState.Down, Message = "heartbeat failure" } }));

    [Fact]
    public void A_node_that_comes_back_is_told_with_its_address()
    {
        Node lost = node with { Status = new() { State = NodeState.Disconnected } };

        Assert.Equal(
            "info a node is up node=host1 node.id=n1 address=10.0.0.7",
            OfUpdate(lost, node with { Status = new() { State = NodeState.Ready, Addr = "10.0.0.7" } }));
    }

    [Fact]
    public void A_change_of_leaders_is_no_news_of_the_nodes()
    {
        Node unknown = node with { Status = new() { State = NodeState.Unknown, Message = "Node moved" } };

        Assert.Null(OfUpdate(node, unknown));
        Assert.Null(OfUpdate(unknown, node));
    }

    [Fact]
    public void A_node_that_is_drained_or_promoted_is_told()
    {
        Assert.Equal(
            "info a node has another availability node=host1 node.id=n1 availability=drain",
            OfUpdate(node, node with { Spec = node.Spec with { Availability = NodeAvailability.Drain } }));
        Assert.Equal(
            "info a node has another role node=host1 node.id=n1 role=manager",
            OfUpdate(node, node with { Role = NodeRole.Manager }));
    }

    [Fact]
    public void A_demotion_that_is_asked_for_and_one_that_is_taken_back_are_told()
    {
        Node manager = node with
        {
            Role = NodeRole.Manager, Spec = node.Spec with { DesiredRole = NodeRole.Manager },
        };
        Node asked = manager with { Spec = manager.Spec with { DesiredRole = NodeRole.Worker } };
        Assert.Equal("info a manager is to be a worker node=host1 node.id=n1", OfUpdate(manager, asked));
        Assert.Equal(
            "info a manager stays one: its demotion was taken back node=host1 node.id=n1", OfUpdate(asked, manager));
    }

    [Theory]
    [InlineData(UpdateState.Updating, "info an update began service=web service.id=s")]
    [InlineData(UpdateState.Completed, "info an update is complete service=web service.id=s")]
    [InlineData(UpdateState.Paused, "warn an update is paused service=web service.id=s reason=\"two failed\"")]
    [InlineData(
        UpdateState.RollbackStarted, "warn an update is rolled back service=web service.id=s reason=\"two failed\"")]
    [InlineData(UpdateState.RollbackPaused, "warn a rollback is paused service=web service.id=s reason=\"two failed\"")]
    [InlineData(UpdateState.RollbackCompleted, "info a rollback is complete service=web service.id=s")]
    public void Each_step_of_an_update_is_told(UpdateState state, string line)
    {
        Service now = Web(3) with { UpdateStatus = new() { State = state, Message = "two failed" } };

        Assert.Equal(line, OfUpdate(Web(3), now));
        Assert.Null(OfUpdate(now, now));
    }

    [Fact]
    public void A_service_that_is_scaled_is_told_with_both_numbers() => Assert.Equal(
        "info a service was scaled service=web service.id=s from=3 to=5", OfUpdate(Web(3), Web(5)));

    [Fact]
    public void A_task_that_fails_is_told_where_and_why()
    {
        SwarmTask running = Task("t1", "n1", TaskState.Running);
        SwarmTask failed = running with
        {
            Status = new() { State = TaskState.Failed, Err = "task: non-zero exit (1)" },
        };

        Assert.Equal(
            "warn a task failed task=web.1.t1 node=host1 reason=\"task: non-zero exit (1)\"",
            OfUpdate(running, failed, node));
        Assert.Null(OfUpdate(failed, failed with { DesiredState = TaskState.Shutdown }, node));
    }

    [Fact]
    public void A_task_that_finds_no_node_is_told_once_per_reason()
    {
        SwarmTask pending = Task("t1", "", TaskState.Pending);
        SwarmTask waiting = pending with
        {
            Status = new() { State = TaskState.Pending, Err = "no suitable node (1 node not available for new tasks)" },
        };

        Assert.Equal(
            "warn a task finds no node task=web.1.t1 reason=\"no suitable node (1 node not available for new tasks)\"",
            OfUpdate(pending, waiting));
        Assert.Null(OfUpdate(waiting, waiting with { DesiredState = TaskState.Running }));
    }

    [Fact]
    public void A_task_that_takes_the_place_of_a_lost_one_has_moved()
    {
        Node down = node with { Status = new() { State = NodeState.Down } };
        Node other = Stores.Worker("n2") with { Description = new() { Hostname = "host2" } };
        SwarmTask old = Task("t1", "n1", TaskState.Running);

        Assert.Equal(
            "info a task moved task=web.1.t2 from=host1 to=host2 reason=\"its node is down\"",
            OfUpdate(Task("t2", "", TaskState.Pending), Task("t2", "n2", TaskState.Assigned), down, other, old));
        Assert.Equal(
            "info a task moved task=web.1.t3 from=host1 to=host2 reason=\"its node is down\"",
            Line(
                new StoreChange(StoreActionKind.Create, Task("t3", "n2", TaskState.Assigned), null),
                Stores.With(down, other, old)));
    }

    [Fact]
    public void A_task_of_a_newer_spec_has_not_moved_and_a_first_one_neither()
    {
        SwarmTask old = Task("t1", "n1", TaskState.Running) with { SpecVersion = new(1) };
        SwarmTask before = Task("t2", "", TaskState.Pending) with { SpecVersion = new(2) };
        SwarmTask placed = Task("t2", "n2", TaskState.Assigned) with { SpecVersion = new(2) };

        Assert.Null(OfUpdate(before, placed, node, old));
        Assert.Null(OfUpdate(before, placed, node));
    }

    [Fact]
    public void What_a_spec_holds_is_never_told()
    {
        Service secret = Web(1) with
        {
            Spec = Web(1).Spec with { Task = new() { Runtime = new ContainerSpec { Env = ["PASSWORD=hunter2"] } } },
        };

        string? line = Line(new StoreChange(StoreActionKind.Create, secret, null), Stores.With());

        Assert.Equal("info a service was created service=web service.id=s", line);
    }

    private static string? OfUpdate(StoreObject before, StoreObject now, params StoreObject[] others) =>
        Line(new StoreChange(StoreActionKind.Update, now, before), Stores.With(others));

    private static string? Line(StoreChange change, StoreReader store)
    {
        string? line = null;
        StoreNews.Of(change, store)?.WriteTo(
            new Log((severity, text) => line = $"{severity.ToString().ToLowerInvariant()} {text}", Severity.Debug));
        return line;
    }

    private static Service Web(ulong replicas) => new()
    {
        Id = new("s"),
        Spec = new() { Annotations = new() { Name = "web" }, Mode = new ReplicatedService { Replicas = replicas } },
    };

    private static SwarmTask Task(string id, string on, TaskState state) => new()
    {
        Id = new(id),
        ServiceId = new("s"),
        ServiceAnnotations = new() { Name = "web" },
        Slot = 1,
        NodeId = new(on),
        Status = new() { State = state },
    };
}
