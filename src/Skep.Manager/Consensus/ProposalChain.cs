using Skep.Swarm.Store;

namespace Skep.Manager.Consensus;

/// <summary>
/// The writes of one leadership, each built on the one before it without waiting for it (decision 4).
/// </summary>
/// <remarks>
/// A chain lives as long as every write in it is accepted in order. When leadership ends, or one write is refused by
/// the core, the whole chain is abandoned: later writes were built on what will never be. Its lock belongs to the
/// writers; the driver never takes it, so a transaction that does not end cannot hold up consensus.
/// </remarks>
internal sealed class ProposalChain(ulong term, StoreSnapshot start, ulong nextVersion)
{
    public Lock Gate { get; } = new();

    public ulong Term => term;

    /// <summary>What the newest write left behind. Needs the lock.</summary>
    public StoreSnapshot Newest { get; set; } = start;

    /// <summary>The newest write, for those that must wait for what they saw. Needs the lock.</summary>
    public PendingWrite? Last { get; set; }

    /// <summary>
    /// The version the next write gives to what it changes: the index its entry gets, or less when a configuration
    /// change came in between. Never used twice, because the next chain starts behind the end of the log. Needs the
    /// lock.
    /// </summary>
    public ulong NextVersion { get; set; } = nextVersion;

    /// <summary>Counts up when a transaction begins and again when it ends, for the watch over wedged ones.</summary>
    public long Transactions => Volatile.Read(ref transactions);

    private long transactions;

    public void CountNeedsLock() => Volatile.Write(ref transactions, transactions + 1);
}
