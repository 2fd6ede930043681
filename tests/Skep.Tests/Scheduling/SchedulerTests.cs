using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Scheduling;

public class SchedulerTests
{
    private static readonly TaskSpec Half = new()
    {
        Resources = new() { Reservations = new() { NanoCpus = 2_000_000_000, MemoryBytes = 10 } },
    };

    private static StoreSnapshot Placed(params IEnumerable<StoreObject> objects) =>
        Stores.With(objects).Decided(new Scheduler().Decide);

    [Fact]
    public void A_service_is_spread_before_a_node_is_packed()
    {
        StoreSnapshot store = Placed([
            Scenes.Node("a"), Scenes.Node("b"), Scenes.Node("c"),
            .. Scenes.Tasks("old", 4).Select(task => task.On("a")),
            Scenes.Task("web", 9).On("b"),
            .. Scenes.Tasks("web", 5)]);

        // c and a have none of web, and c has fewer of all; then each has one, and the fuller a comes last again.
        Assert.Equal("a:6 b:2 c:2", store.Spread());
        Assert.Equal("c a b c a", string.Join(" ", Enumerable.Range(1, 5).Select(n => store.Where($"web.00{n}"))));
    }

    [Fact]
    public void Tasks_that_shall_stop_do_not_count_but_use_what_they_have()
    {
        StoreSnapshot store = Placed([
            Scenes.Node("a"), Scenes.Node("b"),
            .. Scenes.Tasks("old", 3).Select(task => task.On("a") with { DesiredState = TaskState.Shutdown }),
            Scenes.Task("old", 9).On("b"),
            Scenes.Task("web", 1)]);
        Assert.Equal("a", store.Where("web.001"));

        store = Placed([
            Scenes.Node("a"),
            .. Scenes.Tasks("old", 2, Half).Select(task => task.On("a") with { DesiredState = TaskState.Shutdown }),
            Scenes.Task("web", 1, Half)]);
        Assert.Equal("no suitable node (insufficient resources on 1 node)", store.Error("web.001"));
    }

    [Fact]
    public void An_assigned_task_says_so()
    {
        SwarmTask task = Placed([Scenes.Node("a"), Scenes.Task("web", 1)]).Tasks.Get(new("web.001"))!;

        Assert.Equal(
            (TaskState.Assigned, "scheduler assigned task to node", "", SwarmTime.From(Stores.Now)),
            (task.Status.State, task.Status.Message, task.Status.Err, task.Status.Timestamp));
    }

    [Fact]
    public void Reservations_fill_a_node_and_no_more()
    {
        StoreSnapshot store = Placed([Scenes.Node("a"), Scenes.Node("b"), .. Scenes.Tasks("web", 5, Half)]);

        Assert.Equal("-:1 a:2 b:2", store.Spread());
        Assert.Equal("no suitable node (insufficient resources on 2 nodes)", store.Error("web.005"));
    }

    [Fact]
    public void Every_reason_is_named_the_most_frequent_first()
    {
        var port = new PortConfig { PublishMode = PublishMode.Host, PublishedPort = 80, TargetPort = 80 };
        var endpoint = new Endpoint { Ports = [port] };
        var spec = new TaskSpec
        {
            Placement = new()
            {
                Constraints = ["node.labels.zone==a"],
                Platforms = [new() { Architecture = "amd64", OS = "linux" }],
            },
            LogDriver = new() { Name = "splunk" },
        };
        Node with = Scenes.Node("n1", ("zone", "a"));
        Node Described(Node node, string architecture, params PluginDescription[] plugins) => node with
        {
            Description = node.Description! with
            {
                Platform = new() { Architecture = architecture, OS = "linux" },
                Engine = new() { Plugins = ValueList.From(plugins) },
            },
        };
        var splunk = new PluginDescription { Type = "Log", Name = "splunk:latest" };
        StoreSnapshot store = Placed([
            Described(with, "x86_64", splunk),
            Described(with with { Id = new("n2") }, "aarch64", splunk),
            Described(Scenes.Node("n3"), "x86_64"),
            Described(Scenes.Node("n4"), "x86_64"),
            Described(with with { Id = new("n5") }, "x86_64", splunk with { Name = "json-file" }),
            Scenes.Node("n6") with { Status = new() { State = NodeState.Down } },
            Scenes.Node("n7") with { Spec = new() { Availability = NodeAvailability.Pause } },
            Scenes.Node("n8") with { Spec = new() { Availability = NodeAvailability.Drain } },
            Scenes.Task("old", 1).On("n1") with { Endpoint = endpoint },
            Scenes.Task("web", 1, spec) with { Endpoint = endpoint }]);

        Assert.Equal(
            "no suitable node (3 nodes not available for new tasks; scheduling constraints not satisfied on 2 nodes; "
            + "missing plugin on 1 node; unsupported platform on 1 node; host-mode port already in use on 1 node)",
            store.Error("web.001"));
    }

    [Fact]
    public void A_swarm_without_nodes_has_no_reason_to_give()
    {
        Assert.Equal("no suitable node", Placed([Scenes.Task("web", 1)]).Error("web.001"));
    }

    [Fact]
    public void Replicas_per_node_are_limited()
    {
        var spec = new TaskSpec { Placement = new() { MaxReplicas = 2 } };
        StoreSnapshot store = Placed([
            Scenes.Node("a"), Scenes.Node("b"), Scenes.Node("c", ("x", "y")) with { Status = NodeStatus.Empty },
            Scenes.Task("web", 9, spec).On("a"),
            .. Scenes.Tasks("web", 4, spec)]);

        Assert.Equal("-:1 a:2 b:2", store.Spread());
        Assert.Equal(
            "no suitable node (max replicas per node limit exceed; 1 node not available for new tasks)",
            store.Error("web.004"));
    }

    [Fact]
    public void A_cluster_volume_is_out_of_reach()
    {
        var spec = new TaskSpec { Runtime = new ContainerSpec { Mounts = [new() { Type = MountType.Cluster }] } };

        Assert.Equal(
            "no suitable node (cannot fulfill requested CSI volume mounts on 1 node)",
            Placed([Scenes.Node("a"), Scenes.Task("web", 1, spec)]).Error("web.001"));
    }

    [Fact]
    public void Host_ports_keep_tasks_apart_and_protocols_do_not_disturb_each_other()
    {
        SwarmTask Publishing(SwarmTask task, PortProtocol protocol) => task with
        {
            Endpoint = new()
            {
                Ports = [new() { PublishMode = PublishMode.Host, PublishedPort = 53, Protocol = protocol }],
            },
        };
        StoreSnapshot store = Placed([
            Scenes.Node("a"), Scenes.Node("b"),
            .. Scenes.Tasks("tcp", 3).Select(task => Publishing(task, PortProtocol.Tcp)),
            .. Scenes.Tasks("udp", 1).Select(task => Publishing(task, PortProtocol.Udp))]);

        Assert.Equal("-:1 a:2 b:1", store.Spread());
        Assert.Equal("no suitable node (host-mode port already in use on 2 nodes)", store.Error("tcp.003"));
    }

    [Fact]
    public void Generic_resources_are_given_out_by_name_and_by_number()
    {
        var spec = new TaskSpec
        {
            Resources = new()
            {
                Reservations = new()
                {
                    Generic =
                    [
                        new DiscreteGenericResource { Kind = "gpu", Value = 2 },
                        new DiscreteGenericResource { Kind = "ssd", Value = 1 },
                    ],
                },
            },
        };
        GenericResource[] has =
        [
            new NamedGenericResource { Kind = "gpu", Value = "a" },
            new NamedGenericResource { Kind = "gpu", Value = "b" },
            new NamedGenericResource { Kind = "gpu", Value = "c" },
            new NamedGenericResource { Kind = "gpu", Value = "d" },
            new DiscreteGenericResource { Kind = "ssd", Value = 2 },
        ];
        StoreSnapshot store = Placed([Scenes.Node("a").With(has), .. Scenes.Tasks("web", 3, spec)]);

        Assert.Equal("-:1 a:2", store.Spread());
        Assert.Equal(
            [has[2], has[3], new DiscreteGenericResource { Kind = "ssd", Value = 1 }],
            store.Tasks.Get(new("web.002"))!.AssignedGenericResources);
        Assert.Equal("no suitable node (insufficient resources on 1 node)", store.Error("web.003"));
    }

    [Fact]
    public void Tasks_are_spread_over_the_values_of_labels_the_outermost_first()
    {
        var spec = new TaskSpec
        {
            Placement = new()
            {
                Preferences =
                [
                    new() { Spread = new() { SpreadDescriptor = "node.labels.zone" } },
                    new() { Spread = new() { SpreadDescriptor = "node.labels.rack" } },
                ],
            },
        };
        StoreSnapshot store = Placed([
            Scenes.Node("a1", ("zone", "a"), ("rack", "1")),
            Scenes.Node("a2", ("zone", "a"), ("rack", "1")),
            Scenes.Node("a3", ("zone", "a"), ("rack", "2")),
            Scenes.Node("b1", ("zone", "b")),
            Scenes.Node("none"),
            .. Scenes.Tasks("web", 12, spec)]);

        Assert.Equal("a1:1 a2:1 a3:2 b1:4 none:4", store.Spread());
    }

    [Fact]
    public void What_a_full_zone_cannot_take_goes_to_the_others()
    {
        TaskSpec spec = Half with
        {
            Placement = new() { Preferences = [new() { Spread = new() { SpreadDescriptor = "node.labels.zone" } }] },
        };
        StoreSnapshot store = Placed([
            Scenes.Node("a1", ("zone", "a")),
            Scenes.Node("b1", ("zone", "b")), Scenes.Node("b2", ("zone", "b")),
            .. Scenes.Tasks("web", 7, spec)]);

        Assert.Equal("-:1 a1:2 b1:2 b2:2", store.Spread());
    }

    [Fact]
    public void A_node_where_the_service_fails_again_and_again_comes_last_for_five_minutes()
    {
        SwarmTask Failed(int slot, int minutesAgo) => Scenes.Task("web", (ulong)slot).On("a", TaskState.Failed) with
        {
            DesiredState = TaskState.Shutdown,
            Status = new()
            {
                State = TaskState.Failed,
                AppliedAt = SwarmTime.From(Stores.Now.AddMinutes(-minutesAgo)),
            },
        };
        IEnumerable<StoreObject> Scene(int minutesAgo) =>
        [
            Scenes.Node("a"), Scenes.Node("b"), Scenes.Task("web", 9).On("b"), Scenes.Task("old", 9).On("b"),
            Scenes.Task("web", 1), Scenes.Task("old", 1),
            .. Enumerable.Range(11, 5).Select(slot => Failed(slot, minutesAgo)),
        ];

        StoreSnapshot recent = Placed(Scene(minutesAgo: 5));
        Assert.Equal(("b", "a"), (recent.Where("web.001"), recent.Where("old.001")));
        Assert.Equal("a", Placed(Scene(minutesAgo: 6)).Where("web.001"));
    }

    [Fact]
    public void A_task_made_for_a_node_is_confirmed_there_or_says_why_not()
    {
        static SwarmTask Global(string node, TaskSpec spec) =>
            Scenes.Task("agent-" + node, 0, spec) with { NodeId = new(node) };
        StoreSnapshot store = Placed([
            Scenes.Node("a"), Scenes.Node("b"),
            .. Scenes.Tasks("old", 2, Half).Select(task => task.On("b")),
            Global("a", Half), Global("b", Half), Global("gone", Half)]);

        SwarmTask good = store.Tasks.Get(new("agent-a.000"))!;
        Assert.Equal(
            (TaskState.Assigned, "scheduler confirmed task can run on preassigned node"),
            (good.Status.State, good.Status.Message));
        Assert.Equal("insufficient resources on 1 node", store.Error("agent-b.000"));
        Assert.Equal("", store.Error("agent-gone.000"));
    }

    [Fact]
    public void Tasks_that_shall_not_run_any_more_get_no_node()
    {
        StoreSnapshot store = Placed([
            Scenes.Node("a"), Scenes.Task("web", 1) with { DesiredState = TaskState.Shutdown }]);

        Assert.Equal("-:1", store.Spread());
    }

    [Fact]
    public void A_label_added_later_lets_the_task_go()
    {
        var scheduler = new Scheduler();
        var spec = new TaskSpec { Placement = new() { Constraints = ["node.labels.dmz==true"] } };
        StoreSnapshot store = Stores.With([Scenes.Node("a"), Scenes.Task("web", 1, spec)]).Decided(scheduler.Decide);
        Assert.Equal(
            "no suitable node (scheduling constraints not satisfied on 1 node)", store.Error("web.001"));
        Assert.Empty(scheduler.Decide(store, Stores.Now, Stores.Ids()).Changes);
        Assert.Empty(scheduler.Decide(store, Stores.Now, Stores.Ids()).Changes);

        store = store.Change(write => write.Update(write.Nodes.Get(new("a"))! with
        {
            Spec = new() { Annotations = new() { Labels = ValueMap.Of(("dmz", "true")) } },
        })).Decided(scheduler.Decide);

        Assert.Equal(("a", ""), (store.Where("web.001"), store.Error("web.001")));
    }
}
