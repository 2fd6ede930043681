using Skep.Swarm;

namespace Skep.SwarmMode;

/// <summary>What a node that leaves must not break without being told to.</summary>
internal static class LeaveChecks
{
    private const string OnlyWay =
        "The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. " +
        "Use `--force` to suppress this message.";

    private const string Manager =
        "You are attempting to leave the swarm on a node that is participating as a manager. ";

    /// <param name="managers">Managers that answer and that do not; null: this node cannot say.</param>
    /// <param name="isReachable">Whether this node counts among those that answer.</param>
    public static void Check(SwarmStatus status, (int Reachable, int Unreachable)? managers, bool isReachable)
    {
        if (status.State == LocalNodeState.Locked)
        {
            throw Refused(
                "Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message.");
        }

        if (!status.IsManager)
        {
            return;
        }

        if (!status.ControlAvailable)
        {
            throw Refused(Manager + "Doing so may lose the consensus of your cluster. " + OnlyWay);
        }

        if (managers is not var (reachable, unreachable) || !isReachable || reachable - 2 > unreachable)
        {
            throw Refused(Manager + OnlyWay);
        }

        throw Refused(reachable == 1 && unreachable == 0
            ? Manager + "Removing the last manager erases all current state of the swarm. Use `--force` to ignore " +
                "this message. "
            : Manager + $"Removing this node leaves {reachable - 1} managers out of {reachable + unreachable}. " +
                "Without a Raft quorum your swarm will be inaccessible. " + OnlyWay);
    }

    private static RefusedException Refused(string message) => new(ErrorKind.Unavailable, message);
}
