using Skep.Docker.Filters;
using Skep.Docker.Swarm;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Docker.Swarm;

/// <summary>Filters and events of the swarm's objects.</summary>
public class ObjectFiltersTests
{
    private static readonly Node[] nodes =
    [
        NodeOf("abc1", "node1", NodeRole.Manager, ("tier", "front")),
        NodeOf("abc2", "node2", NodeRole.Worker, ("odd", "")),
        NodeOf("xyz3", "abc1", NodeRole.Worker),
        NodeOf("two1", "twin", NodeRole.Worker),
        NodeOf("two2", "twin", NodeRole.Worker),
    ];

    [Theory]
    [InlineData("name", "node", "abc1 abc2")]
    [InlineData("id", "abc", "abc1 abc2")]
    [InlineData("role", "manager", "abc1")]
    [InlineData("role", "WORKER", "abc2 two1 two2 xyz3")]
    [InlineData("membership", "accepted", "abc1 abc2 two1 two2 xyz3")]
    [InlineData("membership", "pending", "")]
    [InlineData("node.label", "tier", "abc1")]
    [InlineData("node.label", "tier=front", "abc1")]
    [InlineData("node.label", "tier=back", "")]
    [InlineData("node.label", "odd=", "abc2")]
    [InlineData("label", "engine=e", "abc1 abc2 two1 two2 xyz3")]
    public void Filters_choose_nodes_as_SwarmKit_does(string key, string value, string chosen)
    {
        ObjectQuery query = ObjectFilters.Nodes(Filters.Of((key, value)));
        Assert.Equal(chosen, string.Join(' ', query.NodesIn(Store(nodes)).Select(node => node.Id.Value)));
    }

    [Fact]
    public void Values_of_one_key_are_alternatives_and_keys_are_not()
    {
        ObjectQuery query = ObjectFilters.Nodes(
            Filters.Of(("name", "node1"), ("name", "node2"), ("role", "worker")));
        Assert.Equal("abc2", Assert.Single(query.NodesIn(Store(nodes))).Id.Value);
    }

    [Theory]
    [InlineData("role", "x", ErrorKind.Failed, "Invalid role filter: 'x'")]
    [InlineData("membership", "x", ErrorKind.Failed, "Invalid membership filter: 'x'")]
    [InlineData("nosuch", "x", ErrorKind.Invalid, "invalid filter 'nosuch'")]
    public void Filters_that_mean_nothing_are_refused(string key, string value, ErrorKind kind, string message)
    {
        var refused = Assert.Throws<RefusedException>(() => ObjectFilters.Nodes(Filters.Of((key, value))));
        Assert.Equal((kind, message), (refused.Kind, refused.Message));
    }

    [Fact]
    public void A_secret_is_chosen_by_a_name_or_an_id_but_must_have_the_labels()
    {
        Secret[] secrets =
        [
            SecretOf("s1", "web"), SecretOf("s2", "db", ("a", "b")), SecretOf("t3", "Website", ("a", "c")),
        ];
        string Chosen(params (string, string)[] filters)
        {
            ObjectQuery query = ObjectFilters.Secrets(Filters.Of(filters));
            return string.Join(' ', query.AnyOf(Store(secrets).Secrets).Select(secret => secret.Id.Value));
        }

        Assert.Equal("s1 s2 t3", Chosen());
        Assert.Equal("s1 t3", Chosen(("name", "we")));
        Assert.Equal("s1", Chosen(("names", "WEB")));
        Assert.Equal("s1 s2 t3", Chosen(("name", "web"), ("id", "s")));
        Assert.Equal("t3", Chosen(("name", "web"), ("id", "s"), ("label", "a=c")));
    }

    [Fact]
    public void An_event_says_what_changed_of_a_node()
    {
        Node before = NodeOf("n1", "host1", NodeRole.Worker) with
        {
            ManagerStatus = new ManagerStatus { Reachability = Reachability.Reachable },
        };
        Node after = before with
        {
            Role = NodeRole.Manager,
            Spec = before.Spec with { Availability = NodeAvailability.Drain },
            Status = before.Status with { State = NodeState.Down },
            ManagerStatus = new ManagerStatus { Reachability = Reachability.Unreachable, Leader = true },
            Meta = new Meta { UpdatedAt = new SwarmTime(7, 8) },
        };
        SwarmEvent happened = SwarmEvent.Of(new StoreChange(StoreActionKind.Update, after, before))!;
        Assert.Equal(("node", "update", "n1", new SwarmTime(7, 8)), (
            happened.Type, happened.Action, happened.Id, happened.At));
        Assert.Equal(
            "availability.new=drain, availability.old=active, leader.new=true, leader.old=false, name=host1, "
            + "reachability.new=unreachable, reachability.old=reachable, role.new=manager, role.old=worker, "
            + "state.new=down, state.old=ready",
            string.Join(", ", happened.Attributes.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void Secrets_are_made_and_removed_with_their_name_and_a_cluster_has_no_events()
    {
        Secret secret = SecretOf("s1", "pw") with { Meta = new Meta { CreatedAt = new SwarmTime(1, 2) } };
        SwarmEvent made = SwarmEvent.Of(new StoreChange(StoreActionKind.Create, secret, null))!;
        SwarmEvent gone = SwarmEvent.Of(new StoreChange(StoreActionKind.Remove, secret, secret))!;
        Assert.Equal(("secret", "create", new SwarmTime(1, 2)), (made.Type, made.Action, made.At!.Value));
        Assert.Equal(("pw", "remove"), (gone.Attributes["name"], gone.Action));
        Assert.Null(gone.At);
        var cluster = new Cluster { Id = new ClusterId("c") };
        Assert.Null(SwarmEvent.Of(new StoreChange(StoreActionKind.Update, cluster, cluster)));
    }

    [Fact]
    public void A_service_tells_what_an_update_changed()
    {
        Service before = ServiceOf("s1", 2, "web:1");
        Service after = ServiceOf("s1", 3, "web:2") with
        {
            UpdateStatus = new UpdateStatus { State = UpdateState.Updating },
        };
        Service back = after with { UpdateStatus = new UpdateStatus { State = UpdateState.RollbackStarted } };
        Assert.Equal(
            "image.new=web:2, image.old=web:1, name=web, replicas.new=3, replicas.old=2, updatestate.new=updating",
            Attributes(before, after));
        Assert.Equal(
            "name=web, updatestate.new=rollback_started, updatestate.old=updating", Attributes(after, back));
        Assert.Equal("name=web", Attributes(back, back));
    }

    [Fact]
    public void Services_and_tasks_are_of_containers_unless_another_runtime_is_asked_for()
    {
        Assert.Equal(["container"], ObjectFilters.Services(Filters.None).Runtimes);
        Assert.Equal(["plugin"], ObjectFilters.Services(Filters.Of(("runtime", "plugin"))).Runtimes);
        Assert.Equal(["container", ""], ObjectFilters.Tasks(Filters.None).Runtimes);
    }

    [Fact]
    public void Filters_of_tasks_and_services_become_a_query()
    {
        ObjectQuery tasks = ObjectFilters.Tasks(Filters.Of(
            ("name", "web"), ("id", "t"), ("label", "a=b"), ("desired-state", "Running"), ("_up-to-date", "true")));
        Assert.Equal(
            new ObjectQuery
            {
                NamePrefixes = ["web"],
                IdPrefixes = ["t"],
                Labels = ValueMap.Of(("a", "b")),
                DesiredStates = [TaskState.Running],
                UpToDate = true,
                Runtimes = ["container", ""],
            },
            tasks);
        Assert.True(ObjectFilters.HasMode(Filters.Of(("mode", "replicated")), ServiceOf("s1", 1, "i")));
        Assert.False(ObjectFilters.HasMode(Filters.Of(("mode", "global")), ServiceOf("s1", 1, "i")));
        Assert.True(ObjectFilters.HasMode(Filters.None, ServiceOf("s1", 1, "i")));
        var refused = Assert.Throws<RefusedException>(
            () => ObjectFilters.Tasks(Filters.Of(("desired-state", "x"))));
        Assert.Equal("Invalid desired-state filter: 'x'", refused.Message);
        Assert.Throws<RefusedException>(() => ObjectFilters.Services(Filters.Of(("node", "x"))));
    }

    private static string Attributes(Service before, Service after)
    {
        SwarmEvent happened = SwarmEvent.Of(new StoreChange(StoreActionKind.Update, after, before))!;
        Assert.Equal(("service", "update"), (happened.Type, happened.Action));
        return string.Join(", ", happened.Attributes.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    private static Service ServiceOf(string id, ulong replicas, string image) => new()
    {
        Id = new ServiceId(id),
        Spec = new ServiceSpec
        {
            Annotations = new Annotations { Name = "web" },
            Mode = new ReplicatedService { Replicas = replicas },
            Task = new TaskSpec { Runtime = new ContainerSpec { Image = image } },
        },
    };

    private static StoreSnapshot Store(IEnumerable<StoreObject> objects) => StoreSnapshot.Of(1, objects);

    private static Node NodeOf(string id, string host, NodeRole role, params (string, string)[] labels) => new()
    {
        Id = new NodeId(id),
        Role = role,
        Spec = new NodeSpec
        {
            Annotations = new Annotations { Labels = ValueMap.Of<string>(labels) },
            Membership = NodeMembership.Accepted,
        },
        Status = new NodeStatus { State = NodeState.Ready },
        Description = new NodeDescription
        {
            Hostname = host,
            Engine = new EngineDescription { Labels = ValueMap.Of(("engine", "e")) },
        },
    };

    private static Secret SecretOf(string id, string name, params (string, string)[] labels) => new()
    {
        Id = new SecretId(id),
        Spec = new SecretSpec
        {
            Annotations = new Annotations { Name = name, Labels = ValueMap.Of<string>(labels) },
        },
    };
}
