using Skep.Swarm;

namespace Skep.Manager.Consensus;

/// <summary>What consensus answers when it cannot do as asked, in SwarmKit's words where it has some.</summary>
internal static class Refusals
{
    public const string NoLeaderText =
        "The swarm does not have a leader. It's possible that too few managers are online. "
        + "Make sure more than half of the managers are online.";

    private const string NotLeaderText = "raft: failed to process the request: node lost leader status";

    public const string MemberRemovedText = "raft: member was removed from the cluster";

    public static RefusedException NoLeader() => new(ErrorKind.Unavailable, NoLeaderText);

    /// <summary>The write was certainly not carried out.</summary>
    public static RefusedException NotLeader() => new(ErrorKind.Unavailable, NotLeaderText);

    /// <summary>Whether nothing was carried out because the manager that was asked does not lead.</summary>
    public static bool IsNotLeader(RefusedException refusal) =>
        refusal is { Kind: ErrorKind.Unavailable, Message: NoLeaderText or NotLeaderText };

    /// <summary>The write may yet be carried out by the next leader.</summary>
    public static RefusedException LeadershipLost() => new(
        ErrorKind.OutcomeUnknown,
        "raft: failed to process the request: node lost leader status; it may or may not have been carried out");

    public static RefusedException Stopped() =>
        new(ErrorKind.Unavailable, "raft: failed to process the request: node is stopped");

    public static RefusedException StoppedMidway() => new(
        ErrorKind.OutcomeUnknown,
        "raft: failed to process the request: node is stopped; it may or may not have been carried out");

    public static RefusedException TooMany() => new(
        ErrorKind.Unavailable, "too many requests wait for a majority of the managers; try again later");

    public static RefusedException TooLarge() =>
        new(ErrorKind.Invalid, "raft: raft message is too large and can't be sent");

    public static RefusedException TimedOut(string what) =>
        new(ErrorKind.Unavailable, $"{what} took too long: too few managers answer");

    public const string DiskFullText =
        "the disk of this manager is full: it takes no part in the swarm until there is room again";

    public static RefusedException DiskFull() => new(ErrorKind.Unavailable, DiskFullText);
}
