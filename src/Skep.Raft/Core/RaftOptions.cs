namespace Skep.Raft;

/// <summary>What a leader does that applies its own removal from the voters.</summary>
public enum RemovedLeader
{
    /// <summary>
    /// Hands leadership to the voter that has most of its log. From proposing its removal on it takes no proposals:
    /// with two voters, a tail that only it has would make it refuse the other its vote for ever.
    /// </summary>
    HandsOver,

    /// <summary>Becomes a follower at once; etcd's <c>StepDownOnRemoval</c>.</summary>
    StepsDown,

    /// <summary>Leads on and refuses everything: etcd's default, and SwarmKit's.</summary>
    GoesOn,
}

/// <summary>How one member behaves. Every count of ticks can be changed while it runs (interop rule).</summary>
public sealed record RaftOptions
{
    /// <summary>This member; never 0, never used again by another (checklist 32).</summary>
    public required ulong Id { get; init; }

    /// <summary>Base election timeout T in ticks; each is drawn from [T, 2T-1]. SwarmKit: 10.</summary>
    public required int ElectionTicks { get; init; }

    /// <summary>Ticks between a leader's heartbeats; less than the election timeout. SwarmKit: 1.</summary>
    public required int HeartbeatTicks { get; init; }

    /// <summary>Ask before disturbing: raft thesis 9.6. SwarmKit has it off.</summary>
    public required bool PreVote { get; init; }

    /// <summary>A leader that has not heard a quorum for T steps down, a follower that hears one keeps it.</summary>
    public required bool CheckQuorum { get; init; }

    /// <summary>A number in [0, bound): seeded in tests, from the system in the daemon.</summary>
    public required Func<int, int> Random { get; init; }

    /// <summary>Encoded bytes of entries in one append. SwarmKit: 65,535.</summary>
    public long MessageBytesMax { get; init; } = Limits.MessageBytes;

    /// <summary>Appends under way to one follower. etcd and SwarmKit: 256.</summary>
    public int InflightMessagesMax { get; init; } = Limits.InflightMessages;

    /// <summary>Payload bytes under way to one follower.</summary>
    public long InflightBytesMax { get; init; } = Limits.InflightBytes;

    /// <summary>Payload bytes on a leader that wait for a quorum or for being applied.</summary>
    public long UncommittedBytesMax { get; init; } = Limits.UncommittedBytes;

    /// <summary>Encoded bytes of entries handed out to be applied in one Ready.</summary>
    public long ApplyBytesMax { get; init; } = Limits.ApplyBytes;

    /// <summary>Reads that wait for a quorum or for the first commit of a term; more are refused.</summary>
    public int WaitingReadsMax { get; init; } = Limits.WaitingReads;

    /// <summary>
    /// Word of a commit goes with the next append or heartbeat, or when <see cref="RaftCore.TellCommit"/> is called,
    /// and not in a message of its own. etcd: off.
    /// </summary>
    public bool HoldsCommits { get; init; }

    public RemovedLeader RemovedLeader { get; init; } = RemovedLeader.HandsOver;
}
