using System.Collections.Immutable;

namespace Skep.Raft;

/// <summary>How the leader feeds one follower.</summary>
public enum FollowerState
{
    /// <summary>Where its log ends is not known yet: one append per heartbeat.</summary>
    Probe,

    /// <summary>It keeps up: appends are sent ahead of their answers.</summary>
    Replicate,

    /// <summary>It needs entries that are gone: no appends until the snapshot has arrived.</summary>
    Snapshot,
}

/// <summary>What the leader knows of one member.</summary>
/// <param name="Match">Up to here its log is known to equal ours, and to be durable there.</param>
/// <param name="Next">The next entry to send.</param>
public sealed record FollowerStatus(
    ulong Id, ulong Match, ulong Next, FollowerState State, bool IsLearner, bool RecentlyActive);

/// <summary>A member as it sees itself; a picture, not a view.</summary>
/// <param name="Followers">Sorted by id, ourselves included; empty unless we lead.</param>
public sealed record RaftStatus(
    ulong Id,
    RaftRole Role,
    ulong Term,
    ulong Vote,
    ulong Leader,
    ulong Commit,
    ulong Applied,
    ulong FirstIndex,
    ulong LastIndex,
    ulong TransferringTo,
    ConfState Members,
    ImmutableArray<FollowerStatus> Followers);
