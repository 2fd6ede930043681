using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ApiNodeSpec = Skep.Docker.Engine.NodeSpec;
using NodeSpec = Skep.Swarm.Objects.NodeSpec;
using NodeStatus = Skep.Swarm.Objects.NodeStatus;

namespace Skep.Tests.Docker.Swarm;

public class NodeViewTests
{
    private static readonly Node manager = new()
    {
        Id = new NodeId("r8qiotap25etossnw5u2xzth5"),
        Meta = new Meta
        {
            Version = new ObjectVersion(9),
            CreatedAt = new SwarmTime(1795354305, 100),
            UpdatedAt = new SwarmTime(1795354306, 0),
        },
        Role = NodeRole.Manager,
        Spec = new NodeSpec { DesiredRole = NodeRole.Manager, Membership = NodeMembership.Accepted },
        Description = new Skep.Swarm.Objects.NodeDescription
        {
            Hostname = "node1",
            Platform = new Platform { Architecture = "x86_64", OS = "linux" },
            Resources = new Skep.Swarm.Objects.Resources
            {
                NanoCpus = 2_000_000_000,
                MemoryBytes = 25276510208,
                Generic =
                [
                    new Skep.Swarm.Objects.NamedGenericResource { Kind = "gpu", Value = "G1" },
                    new Skep.Swarm.Objects.DiscreteGenericResource { Kind = "ssd", Value = 3 },
                ],
            },
            Engine = new EngineDescription
            {
                EngineVersion = "20.10.24",
                Labels = ValueMap.Of(("zone", "b")),
                Plugins = [new PluginDescription { Type = "Network", Name = "bridge" }],
            },
        },
        Status = new NodeStatus { State = NodeState.Ready, Addr = "10.98.0.1" },
        ManagerStatus = new ManagerStatus
        {
            Leader = true,
            Reachability = Reachability.Reachable,
            Addr = "10.98.0.1:2377",
        },
    };

    [Fact]
    public void A_node_is_shown_as_the_real_engine_shows_it() => Assert.Equal(
        "{\"ID\":\"r8qiotap25etossnw5u2xzth5\",\"Version\":{\"Index\":9},"
        + "\"CreatedAt\":\"2026-11-22T13:31:45.0000001Z\","
        + "\"UpdatedAt\":\"2026-11-22T13:31:46Z\",\"Spec\":{\"Labels\":{},\"Role\":\"manager\","
        + "\"Availability\":\"active\"},\"Description\":{\"Hostname\":\"node1\","
        + "\"Platform\":{\"Architecture\":\"x86_64\","
        + "\"OS\":\"linux\"},\"Resources\":{\"NanoCPUs\":2000000000,\"MemoryBytes\":25276510208,\"GenericResources\":["
        + "{\"NamedResourceSpec\":{\"Kind\":\"gpu\",\"Value\":\"G1\"}},"
        + "{\"DiscreteResourceSpec\":{\"Kind\":\"ssd\",\"Value\":3}}]},"
        + "\"Engine\":{\"EngineVersion\":\"20.10.24\",\"Labels\":{\"zone\":\"b\"},"
        + "\"Plugins\":[{\"Type\":\"Network\",\"Name\":\"bridge\"}]},"
        + "\"TLSInfo\":{}},\"Status\":{\"State\":\"ready\",\"Addr\":\"10.98.0.1\"},\"ManagerStatus\":{\"Leader\":true,"
        + "\"Reachability\":\"reachable\",\"Addr\":\"10.98.0.1:2377\"}}",
        JsonSerializer.Serialize(NodeView.Of(manager), EngineJson.Default.NodeInspect));

    [Fact]
    public void A_node_without_a_description_has_an_empty_one()
    {
        string shown = JsonSerializer.Serialize(
            NodeView.Of(new Node { Id = new NodeId("n") }), EngineJson.Default.NodeInspect);
        Assert.Contains("\"Description\":{\"Platform\":{},\"Resources\":{},\"Engine\":{},\"TLSInfo\":{}}", shown);
        Assert.DoesNotContain("ManagerStatus", shown);
    }

    [Fact]
    public void A_user_changes_role_availability_and_labels_and_not_the_membership()
    {
        NodeSpec wanted = NodeView.ToSpec(
            new ApiNodeSpec
            {
                Role = "worker",
                Availability = "Drain",
                Labels = new Dictionary<string, string> { ["a"] = "b" },
            },
            manager.Spec);
        Assert.Equal(
            new NodeSpec
            {
                Annotations = new Annotations { Labels = ValueMap.Of(("a", "b")) },
                DesiredRole = NodeRole.Worker,
                Availability = NodeAvailability.Drain,
                Membership = NodeMembership.Accepted,
            },
            wanted);
    }

    [Theory]
    [InlineData("foo", "active", "invalid Role: \"foo\"")]
    [InlineData("manager", "x", "invalid Availability: \"x\"")]
    [InlineData(null, null, "invalid Role: \"\"")]
    public void Words_that_mean_nothing_are_refused(string? role, string? availability, string message)
    {
        var asked = new ApiNodeSpec { Role = role, Availability = availability };
        var refused = Assert.Throws<RefusedException>(() => NodeView.ToSpec(asked, manager.Spec));
        Assert.Equal((ErrorKind.Invalid, message), (refused.Kind, refused.Message));
    }

    [Fact]
    public void A_secret_never_shows_its_value_and_a_config_does()
    {
        var secret = new Secret
        {
            Id = new SecretId("s"),
            Spec = SecretView.ToSpec(new() { Name = "pw", Data = [1, 2, 3], Driver = new() { Name = "vault" } }),
        };
        var config = new Config
        {
            Id = new ConfigId("c"),
            Spec = ConfigView.ToSpec(new() { Name = "cf", Data = [1, 2, 3], Templating = new() { Name = "golang" } }),
        };
        Assert.Equal(3, secret.Spec.Data.Length);
        Assert.EndsWith(
            "\"Spec\":{\"Name\":\"pw\",\"Labels\":{},\"Driver\":{\"Name\":\"vault\"}}}",
            JsonSerializer.Serialize(SecretView.Of(secret), EngineJson.Default.SecretInspect));
        Assert.EndsWith(
            "\"Spec\":{\"Name\":\"cf\",\"Labels\":{},\"Data\":\"AQID\",\"Templating\":{\"Name\":\"golang\"}}}",
            JsonSerializer.Serialize(ConfigView.Of(config), EngineJson.Default.ConfigInspect));
    }
}
