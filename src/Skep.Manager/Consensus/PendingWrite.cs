using System.Collections.Immutable;
using Skep.Swarm.Store;

namespace Skep.Manager.Consensus;

/// <summary>One transaction on its way through the log. Answered with the store after it.</summary>
internal sealed class PendingWrite(
    ReplicatedStore store,
    ProposalChain chain,
    StoreSnapshot before,
    StoreSnapshot after,
    ImmutableArray<StoreChange> changes,
    ReadOnlyMemory<byte> data,
    long begun) : PendingRequest<StoreSnapshot>
{
    public ProposalChain Chain => chain;

    public StoreSnapshot Before => before;

    public StoreSnapshot After => after;

    public ImmutableArray<StoreChange> Changes => changes;

    public ReadOnlyMemory<byte> Data => data;

    /// <summary>When it was proposed, on the clock of durations.</summary>
    public long Begun => begun;

    /// <summary>Its place in the log, once the core has accepted it.</summary>
    public ulong Index { get; set; }

    public ulong Term { get; set; }

    /// <summary>
    /// It was certainly not appended, only because something else took its place in the log: the same change can be
    /// made again at once.
    /// </summary>
    public bool CanBeRepeated { get; set; }

    internal override void Ended(bool isDone) => store.Left(this, isDone);
}
