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
public sealed record FollowerStatus(ulong Id, ulong Match, ulong Next, FollowerState State)
{
    public bool IsLearner { get; init; }

    /// <summary>Heard from since the last look at the quorum, which is once per election timeout.</summary>
    public bool IsRecentlyActive { get; init; }

    /// <summary>No append goes out before the next answer.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Appends under way.</summary>
    public int InflightCount { get; init; }

    public bool IsWindowFull { get; init; }

    /// <summary>Index of the snapshot under way; 0: none.</summary>
    public ulong PendingSnapshot { get; init; }
}

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
