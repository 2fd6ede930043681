namespace Skep.Raft;

/// <summary>The names and numbers of etcd's <c>raftpb.MessageType</c>.</summary>
/// <remarks>
/// Members send each other the kinds of <see cref="Message.MayArrive"/>. The others are steps etcd takes inside one
/// process; here they are methods of <see cref="RaftCore"/>, and such a message from outside is ignored.
/// </remarks>
public enum MessageKind
{
    Hup = 0,
    Beat = 1,
    Propose = 2,
    Append = 3,
    AppendResponse = 4,
    Vote = 5,
    VoteResponse = 6,
    Snapshot = 7,
    Heartbeat = 8,
    HeartbeatResponse = 9,
    Unreachable = 10,
    SnapshotStatus = 11,
    CheckQuorum = 12,
    TransferLeader = 13,
    TimeoutNow = 14,
    ReadIndex = 15,
    ReadIndexResponse = 16,
    PreVote = 17,
    PreVoteResponse = 18,
    StorageAppend = 19,
    StorageAppendResponse = 20,
    StorageApply = 21,
    StorageApplyResponse = 22,
    ForgetLeader = 23,
}
