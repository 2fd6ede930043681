namespace Skep.Raft;

/// <summary>Consensus as a state machine: the surface its driver is written against; the machine follows.</summary>
public sealed class RaftCore(
    RaftOptions options,
    HardState hardState,
    ConfState members,
    SnapshotMeta? snapshot,
    IReadOnlyList<Entry> entries,
    ulong applied)
{
    public bool HasReady => throw Missing();

    public RaftStatus Status => throw Missing();

    /// <summary>Makes the first entries of a new log: one AddNode per member. Before anything else.</summary>
    public void Bootstrap(params IReadOnlyList<ConfChange> changes) => throw Missing();

    public void Tick() => throw Missing();

    public void Receive(Message message) => throw Missing();

    public ProposeResult Propose(ReadOnlyMemory<byte> data) => throw Missing();

    public ProposeResult ProposeConfChange(ConfChange change) => throw Missing();

    /// <returns>False: no leader to ask, or too many wait. Then there will be no answer.</returns>
    public bool ReadIndex(ReadOnlyMemory<byte> id) => throw Missing();

    /// <returns>False: we do not lead, or it is no voter.</returns>
    public bool TransferLeadership(ulong to) => throw Missing();

    public void Campaign() => throw Missing();

    public void ForgetLeader() => throw Missing();

    public ConfState ApplyConfChange(ConfChange change) => throw Missing();

    public void ReportUnreachable(ulong id) => throw Missing();

    public void ReportSnapshot(ulong id, bool installed) => throw Missing();

    public Ready TakeReady() => throw Missing();

    public void Advance(Ready ready) => throw Missing();

    /// <summary>The driver saved a snapshot; entries up to its index less those kept may go from memory.</summary>
    public void Compact(SnapshotMeta upTo, ulong keepEntries) => throw Missing();

    public void SetTicks(int electionTicks, int heartbeatTicks) => throw Missing();

    public void SetPreVote(bool preVote) => throw Missing();

    private NotSupportedException Missing() =>
        new($"{options.Id} {hardState} {members} {snapshot} {entries.Count} {applied}");
}
