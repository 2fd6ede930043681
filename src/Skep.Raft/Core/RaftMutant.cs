namespace Skep.Raft;

/// <summary>Planted bugs: a proof that cannot see each of these sees nothing. Never set in a running swarm.</summary>
/// <remarks>
/// The numbers in the comments are those of docs/internals/raft.md. Two of the fifteen live elsewhere.
/// </remarks>
[Flags]
internal enum RaftMutant
{
    None = 0,

    /// <summary>1: a new leader appends no entry of its term.</summary>
    NoFirstEntry = 1 << 0,

    /// <summary>2: entries of old terms are committed by counting.</summary>
    CommitOldTerms = 1 << 1,

    /// <summary>3: the leader counts its own entries before they are durable.</summary>
    CountBeforeDurable = 1 << 2,

    /// <summary>4: the vote is left out of the hard state.</summary>
    ForgetVote = 1 << 3,

    /// <summary>6: an append removes what follows it without a conflict.</summary>
    TruncateAlways = 1 << 4,

    /// <summary>7: votes for anybody, however old its log.</summary>
    VoteForOldLogs = 1 << 5,

    /// <summary>8: reads are answered before an entry of the term is committed.</summary>
    ReadBeforeFirstCommit = 1 << 6,

    /// <summary>9: all reads go by the same id, so answers to old heartbeats confirm new reads.</summary>
    ReuseReadIds = 1 << 7,

    /// <summary>10: a configuration change is accepted while another is under way.</summary>
    TwoConfChanges = 1 << 8,

    /// <summary>
    /// 11: a configuration change is accepted before an entry of the term is committed, as etcd does.
    /// </summary>
    EarlyConfChange = 1 << 9,

    /// <summary>12: a removed leader goes on and counts itself.</summary>
    RemovedLeaderCounts = 1 << 10,

    /// <summary>13: an installed snapshot does not bring its configuration.</summary>
    SnapshotWithoutMembers = 1 << 11,

    /// <summary>14: a learner refuses to vote.</summary>
    LearnerRefusesVote = 1 << 12,

    /// <summary>14: learners count in quorums.</summary>
    LearnersCount = 1 << 13,

    /// <summary>15: a finished write counts although the term has changed since (ABA).</summary>
    AcceptOldWrites = 1 << 14,
}
