using System.Collections.Immutable;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>What the disk remembered.</summary>
/// <param name="Entries">Those after the snapshot, without a gap.</param>
/// <param name="Notes">What had to be put aside on the way, for the node's log; empty as a rule.</param>
public sealed record RecoveredState(
    StorageIdentity Identity,
    HardState HardState,
    Snapshot? Snapshot,
    IReadOnlyList<Entry> Entries,
    ImmutableArray<string> Notes);
