namespace Skep.Manager.Consensus;

/// <summary>Whether this manager leads, as the parts that only a leader runs are told.</summary>
/// <param name="Term">The raft term it was said in. It never goes back.</param>
/// <param name="IsLeader">True once every entry of earlier terms is applied here, so that decisions see it all.</param>
/// <param name="Leader">The raft id of whoever leads; 0: nobody that we know of.</param>
public sealed record Leadership(ulong Term, bool IsLeader, ulong Leader)
{
    public static Leadership None { get; } = new(0, false, 0);
}
