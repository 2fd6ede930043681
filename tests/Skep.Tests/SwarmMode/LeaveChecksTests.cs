using Skep.Swarm;
using Skep.SwarmMode;

namespace Skep.Tests.SwarmMode;

public class LeaveChecksTests
{
    private const string Manager =
        "You are attempting to leave the swarm on a node that is participating as a manager. ";

    private const string OnlyWay =
        "The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. " +
        "Use `--force` to suppress this message.";

    [Fact]
    public void A_worker_may_leave()
    {
        LeaveChecks.Check(Status(isManager: false), null, isReachable: false);
    }

    [Fact]
    public void A_locked_node_is_unlocked_first()
    {
        SwarmStatus locked = Status(isManager: false) with { State = LocalNodeState.Locked };
        Assert.Equal(
            "Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message.",
            Refusal(locked, null));
    }

    [Fact]
    public void The_last_manager_is_told_that_it_takes_everything_along()
    {
        Assert.Equal(
            Manager + "Removing the last manager erases all current state of the swarm. Use `--force` to ignore this " +
            "message. ",
            Refusal(Status(isManager: true), (1, 0)));
    }

    [Theory]
    [InlineData(2, 0, 1, 2)]
    [InlineData(2, 1, 1, 3)]
    [InlineData(3, 1, 2, 4)]
    public void One_too_few_managers_is_a_lost_quorum(int reachable, int unreachable, int left, int of)
    {
        Assert.Equal(
            Manager + $"Removing this node leaves {left} managers out of {of}. Without a Raft quorum your swarm will " +
            "be inaccessible. " + OnlyWay,
            Refusal(Status(isManager: true), (reachable, unreachable)));
    }

    [Fact]
    public void A_manager_that_others_can_do_without_is_still_asked_for_force()
    {
        Assert.Equal(Manager + OnlyWay, Refusal(Status(isManager: true), (3, 0)));
    }

    [Fact]
    public void A_manager_without_control_may_cost_the_consensus()
    {
        SwarmStatus preparing = Status(isManager: true) with { ControlAvailable = false };
        Assert.Equal(
            Manager + "Doing so may lose the consensus of your cluster. " + OnlyWay, Refusal(preparing, null));
    }

    private static string Refusal(SwarmStatus status, (int, int)? managers)
    {
        RefusedException e = Assert.Throws<RefusedException>(() => LeaveChecks.Check(status, managers, true));
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        return e.Message;
    }

    private static SwarmStatus Status(bool isManager) => new()
    {
        State = LocalNodeState.Active,
        IsManager = isManager,
        ControlAvailable = isManager,
    };
}
