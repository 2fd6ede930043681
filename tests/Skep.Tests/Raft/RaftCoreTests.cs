using Skep.Raft;

namespace Skep.Tests.Raft;

public sealed class RaftCoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_cluster_elects_a_leader_and_applies_the_same_everywhere(int voters)
    {
        var cluster = new RaftCluster(voters);
        cluster.TickAll(3 * RaftCluster.ElectionTicks);

        ulong leader = cluster.Leader();
        Assert.NotEqual(0UL, leader);
        for (int number = 0; number < 100; number++)
        {
            Assert.IsType<ProposeResult.Accepted>(cluster.Propose(leader, $"{number}"));
        }

        cluster.Settle();
        cluster.TickAll(1);
        string wanted = string.Join(' ', Enumerable.Range(0, 100));
        Assert.All(cluster.Members.Keys, id => Assert.Equal(wanted, cluster.Texts(id)));
    }

    [Fact]
    public void A_member_that_crashed_takes_part_again_with_what_it_had_saved()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Propose(1, "a");
        cluster.Settle();
        cluster[2].Crash();
        cluster.Propose(1, "b");
        cluster.Settle();
        cluster[2].Restart();
        cluster.TickAll(3);

        Assert.Equal("a b", cluster.Texts(2));
    }
}
