using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Manager.Consensus;

/// <summary>How one manager takes part in consensus.</summary>
public sealed record DriverOptions
{
    /// <summary>This member's raft id, drawn when it joined.</summary>
    public required ulong RaftId { get; init; }

    /// <summary>Times of objects; the driver's own steps know no clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>A number in [0, bound) for election timeouts: seeded in tests.</summary>
    public required Func<int, int> Random { get; init; }

    /// <summary>
    /// The first number of the read ids and request ids of this process: a fresh one for every start.
    /// </summary>
    public required ulong FirstRequestId { get; init; }

    /// <summary>Whom to talk to before the log has told: what the join was answered with.</summary>
    public IReadOnlyList<Member> KnownMembers { get; init; } = [];

    /// <summary>Applied entries between snapshots at the least; a large store is written less often.</summary>
    public ulong SnapshotEntries { get; init; } = Limits.SnapshotEntries;

    /// <summary>Entries kept behind a snapshot for late followers.</summary>
    public ulong KeptEntries { get; init; } = Limits.KeptEntries;

    /// <summary>Makes the core; a proof plants bugs in it.</summary>
    internal Func<RaftOptions, RecoveredState, RaftCore> NewCore { get; init; } = RaftDriver.NewCore;

    /// <summary>Called when everything a Ready asks for is done; a proof watches here.</summary>
    internal Action<Ready> Finished { get; init; } = static _ => { };
}
