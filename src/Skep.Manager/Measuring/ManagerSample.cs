using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Swarm.Store;

namespace Skep.Manager.Measuring;

/// <summary>What is measured of a manager at one moment.</summary>
public sealed record ManagerSample
{
    /// <summary>Who leads, who belongs to the quorum, and what is wrong.</summary>
    public required DriverStatus Status { get; init; }

    public required RaftSample Raft { get; init; }

    /// <summary>What is applied here: every count of objects is made from it.</summary>
    public required StoreSnapshot Store { get; init; }

    /// <summary>Transactions of this manager, from their proposal until they were committed and applied.</summary>
    public required DurationSample Writes { get; init; }

    /// <summary>Transactions of this manager that were refused or lost.</summary>
    public required long WritesRefused { get; init; }

    public required LeaderSample Leader { get; init; }

    public required DispatchSample Dispatch { get; init; }

    public required ClaimSample Claims { get; init; }
}

/// <summary>The log of one manager.</summary>
/// <param name="Commit">Index of the last entry that a quorum has.</param>
/// <param name="Applied">Index of the last one that is in the store.</param>
/// <param name="Last">Index of the last one that is in the log, agreed on or not.</param>
/// <param name="Snapshot">Index of the last one that is in a snapshot.</param>
/// <param name="RoleChanges">How often this manager became another thing: leader, follower, candidate.</param>
/// <param name="Followers">Only at a leader: up to where each other manager has the log.</param>
public sealed record RaftSample(
    ulong Commit,
    ulong Applied,
    ulong Last,
    ulong Snapshot,
    long RoleChanges,
    ImmutableArray<FollowerSample> Followers)
{
    public static readonly RaftSample None = new(0, 0, 0, 0, 0, []);
}

/// <summary>Another manager as the leader sees it.</summary>
/// <param name="RaftId">Its member number.</param>
/// <param name="Match">Up to this index its log is known to be ours.</param>
public sealed record FollowerSample(ulong RaftId, ulong Match, bool IsActive);

/// <summary>What the leader's decisions cost and came to; all zero at a manager that never led.</summary>
/// <param name="Looks">Looks at the whole swarm, with the writing of what was decided.</param>
/// <param name="Decided">Changes that were decided on.</param>
/// <param name="Overtaken">Of these, changes that no longer fitted when they were to be written.</param>
/// <param name="Refused">Looks whose decisions could not be written.</param>
/// <param name="Failed">Decisions that threw, and are left out for a while.</param>
/// <param name="Starts">Tasks that came to run, from their creation on.</param>
public sealed record LeaderSample(
    DurationSample Looks, long Decided, long Overtaken, long Refused, long Failed, DurationSample Starts);

/// <summary>What the dispatcher does for the nodes.</summary>
/// <param name="Sessions">Nodes that have a session with this leader now.</param>
/// <param name="Registrations">Sessions given since the manager began.</param>
/// <param name="Beats">Heartbeats taken.</param>
/// <param name="Reports">States of tasks that nodes reported.</param>
public sealed record DispatchSample(int Sessions, long Registrations, long Beats, long Reports);

/// <summary>What nodes claimed and were not believed.</summary>
/// <param name="Keys">Registrations with another node's key for encrypted networks.</param>
/// <param name="Lines">Log lines in the name of tasks that are not the node's own, or that nobody asked for.</param>
public sealed record ClaimSample(long Keys, long Lines);
