using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;

namespace Skep.Tests.Scheduling;

public class ConstraintTests
{
    private static readonly Node Full = new()
    {
        Id = new("node1id"),
        Role = NodeRole.Manager,
        Spec = new() { Annotations = new() { Labels = ValueMap.Of(("zone", "East"), ("empty", "")) } },
        Status = new() { Addr = "10.1.2.3" },
        Description = new()
        {
            Hostname = "alpha",
            Platform = new() { OS = "linux", Architecture = "x86_64" },
            Engine = new() { Labels = ValueMap.Of(("disk", "ssd")) },
        },
    };

    private static readonly Node Bare = new() { Id = new("bare"), Role = NodeRole.Worker };

    [Theory]
    [InlineData("node.id==node1id", true, false)]
    [InlineData("node.id == NODE1ID", true, false)]
    [InlineData("node.id!=node1id", false, true)]
    [InlineData("NODE.HostName==ALPHA", true, false)]
    [InlineData("node.hostname != alpha", false, true)]
    [InlineData("node.role==manager", true, false)]
    [InlineData("node.role!=Manager", false, true)]
    [InlineData("node.platform.os==linux", true, false)]
    [InlineData("node.platform.arch!=x86_64", false, true)]
    [InlineData("node.labels.zone==east", true, false)]
    [InlineData("node.labels.Zone==east", false, false)]
    [InlineData("node.labels.zone!=east", false, true)]
    [InlineData("engine.labels.disk==ssd", true, false)]
    [InlineData("engine.labels.disk!=ssd", false, true)]
    [InlineData("node.ip==10.1.2.3", true, false)]
    [InlineData("node.ip==::ffff:10.1.2.3", true, false)]
    [InlineData("node.ip!=10.1.2.3", false, true)]
    [InlineData("node.ip==10.1.0.0/16", true, false)]
    [InlineData("node.ip==10.1.9.9/16", true, false)]
    [InlineData("node.ip!=10.1.0.0/16", false, true)]
    [InlineData("node.ip==fd00::/8", false, false)]
    [InlineData("node.ip==10.1.2", false, false)]
    [InlineData("node.ip!=10.1.2", false, false)]
    [InlineData("node.labels==east", false, false)]
    [InlineData("node.color!=red", false, false)]
    public void A_node_fits_as_it_does_in_SwarmKit(string constraint, bool full, bool bare)
    {
        var set = ConstraintSet.Parse([constraint]);

        Assert.Equal((full, bare), (set.Matches(Full), set.Matches(Bare)));
    }

    [Fact]
    public void All_constraints_must_fit()
    {
        Assert.True(ConstraintSet.Parse(["node.role==manager", "node.labels.zone!=west"]).Matches(Full));
        Assert.False(ConstraintSet.Parse(["node.role==manager", "node.labels.zone==west"]).Matches(Full));
        Assert.True(ConstraintSet.Parse([]).Matches(Bare));
    }

    [Theory]
    [InlineData("node.role=manager", "constraint expected one operator from ==, !=")]
    [InlineData("node.role", "constraint expected one operator from ==, !=")]
    [InlineData("==x", "key '' is invalid")]
    [InlineData("no$de==x", "key 'no$de' is invalid")]
    [InlineData("1node==x", "key '1node' is invalid")]
    [InlineData("node.id==", "value '' is invalid")]
    [InlineData("node.id==a<b", "value 'a<b' is invalid")]
    [InlineData("node.id==a!=b", "value 'a!=b' is invalid")]
    public void What_is_no_constraint_is_refused_in_Dockers_words(string text, string expected)
    {
        var refusal = Assert.Throws<RefusedException>(() => ConstraintSet.Parse(["node.id==a", text]));

        Assert.Equal($"rpc error: code = Unknown desc = {expected}", refusal.Message);
    }

    [Fact]
    public void Constraints_of_a_stored_task_that_cannot_be_read_count_as_none()
    {
        var spec = new TaskSpec { Placement = new() { Constraints = ["node.role==manager", "what"] } };

        Assert.True(ConstraintSet.Of(spec).Matches(Bare));
        Assert.False(ConstraintSet.Of(new() { Placement = new() { Constraints = ["node.role==manager"] } })
            .Matches(Bare));
    }
}
