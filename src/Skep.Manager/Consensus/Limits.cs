namespace Skep.Manager.Consensus;

/// <summary>The bounds of a manager's consensus, with unit and origin.</summary>
internal static class Limits
{
    /// <summary>Between ticks when every manager is Skep: with 8 ticks, a new leader within about a second.</summary>
    public static readonly TimeSpan FastTick = TimeSpan.FromMilliseconds(100);

    /// <summary>Ticks without a leader before an election, when every manager is Skep.</summary>
    public const int FastElectionTicks = 8;

    /// <summary>Between ticks when a Docker manager is in the quorum: SwarmKit's own.</summary>
    public static readonly TimeSpan SlowTick = TimeSpan.FromSeconds(1);

    /// <summary>SwarmKit's election timeout in ticks.</summary>
    public const int SlowElectionTicks = 10;

    /// <summary>Ticks between a leader's heartbeats, as SwarmKit.</summary>
    public const int HeartbeatTicks = 1;

    /// <summary>
    /// How long word of a commit waits for an append that it can go with. Under load one comes sooner, and a message
    /// to every follower, its answer and two steps are spared; without load a follower is this much later than the
    /// leader, a twentieth of the time between heartbeats.
    /// </summary>
    public static readonly TimeSpan CommitPause = TimeSpan.FromMilliseconds(5);

    /// <summary>Ticks taken at once after a stall: more would be an election that nobody had time to prevent.</summary>
    public const int TicksAtOnce = 2;

    /// <summary>Applied entries between snapshots: SwarmKit's.</summary>
    public const ulong SnapshotEntries = 10_000;

    /// <summary>Bytes of applied entries between snapshots: what the core keeps in memory beside the store.</summary>
    public const long SnapshotBytes = 64L << 20;

    /// <summary>Entries kept behind a snapshot for followers that are a little late: SwarmKit's.</summary>
    public const ulong KeptEntries = 500;

    /// <summary>Messages of peers that wait for a step; more are dropped, which Raft repairs.</summary>
    public const int WaitingMessages = 8192;

    /// <summary>Bytes of peers' messages that wait for a step.</summary>
    public const long WaitingMessageBytes = 64L << 20;

    /// <summary>Writes that wait for a quorum; more are refused at once.</summary>
    public const int WritesInFlight = 16_384;

    /// <summary>
    /// Bytes of writes that wait for a quorum. Below the core's own bound, which would break the chain.
    /// </summary>
    public const long WriteBytesInFlight = 48L << 20;

    /// <summary>Bytes of one transaction: SwarmKit's 1.5 MiB.</summary>
    public const int WriteBytes = 3 << 19;

    /// <summary>Times a write is made again because a change of the members took its place in the log.</summary>
    public const int WriteAttempts = 10;

    /// <summary>Reads and requests of other parts that wait for a step.</summary>
    public const int WaitingRequests = 16_384;

    /// <summary>Election timeouts a read waits for an answer before it is asked again under a new id.</summary>
    public const int ReadRetryElections = 1;

    /// <summary>Election timeouts a read, a change of the members or a transfer may take in all.</summary>
    public const int RequestElections = 10;

    /// <summary>
    /// Ticks that a removed member still answers when no other says that it does without it: ten fast minutes.
    /// </summary>
    public const int GoodbyeTicks = 6_000;

    /// <summary>Members beyond those of the log whose addresses are remembered; a swarm has seven.</summary>
    public const int Strangers = 16;

    /// <summary>
    /// Ticks without a leader before calls are refused at once, with a Docker manager in the quorum: SwarmKit's
    /// lostQuorumTimeout.
    /// </summary>
    public const int SlowLostQuorumTicks = 10;

    /// <summary>
    /// The same when every manager is Skep: 5 s, in which even a machine with more to do than it can has elected.
    /// </summary>
    public const int FastLostQuorumTicks = 50;

    /// <summary>Entries a learner may be behind and still be made a voter.</summary>
    public const ulong LearnerLagEntries = 200;

    /// <summary>Calling a new member back: SwarmKit's 5 s.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Ticks between two tries to take the disk's reserve again: it writes several megabytes.</summary>
    public const int RoomTicks = 50;

    /// <summary>
    /// How often the watch looks at the loop; its own looks are counted, so that a frozen process is not.
    /// </summary>
    public static readonly TimeSpan WatchPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>A step this long is warned about (etcd's slow fsync).</summary>
    public static readonly TimeSpan SlowStep = TimeSpan.FromSeconds(1);

    /// <summary>A step this long ends the process: its disk does not answer (CockroachDB's 20 s).</summary>
    public static readonly TimeSpan DeadStep = TimeSpan.FromSeconds(20);

    /// <summary>A transaction this long makes the leader hand over: SwarmKit's wedge timeout.</summary>
    public static readonly TimeSpan WedgedTransaction = TimeSpan.FromSeconds(30);

    /// <summary>Between two hand-overs because of a wedge, as SwarmKit's.</summary>
    public static readonly TimeSpan WedgePeriod = TimeSpan.FromMinutes(1);

    /// <summary>Messages that wait for a link; more are dropped. SwarmKit's queue of a peer.</summary>
    public const int LinkMessages = 4096;

    /// <summary>Bytes of one batch; a single message may be larger and stays below the 4 MiB of a request.</summary>
    public const int LinkBatchBytes = 1 << 20;

    /// <summary>Silence after which a link is pinged, and then given up. Raft's own heartbeats are quicker.</summary>
    public static readonly TimeSpan LinkKeepAlive = TimeSpan.FromSeconds(2);

    /// <summary>Before a lost link is tried again, at first. Below an election timeout.</summary>
    public static readonly TimeSpan LinkPauseMin = TimeSpan.FromMilliseconds(50);

    /// <summary>Before a lost link is tried again, at last.</summary>
    public static readonly TimeSpan LinkPauseMax = TimeSpan.FromSeconds(1);

    /// <summary>What a link to a former peer gets to send what waits.</summary>
    public static readonly TimeSpan LinkFarewell = TimeSpan.FromSeconds(2);

    /// <summary>One message to a Docker manager: SwarmKit's SendTimeout.</summary>
    public static readonly TimeSpan DockerSendTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of a snapshot in one message: a quarter of SwarmKit's 4 MiB.</summary>
    public const int SnapshotPieceBytes = 1 << 20;

    /// <summary>
    /// One piece of a snapshot: the slowest line that is put up with carries a mebibyte in this time.
    /// </summary>
    public static readonly TimeSpan SnapshotPieceTimeout = TimeSpan.FromSeconds(10);

    /// <summary>From the last piece to the answer: the receiver reads the whole.</summary>
    public static readonly TimeSpan SnapshotInstallTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of a snapshot that a peer may send: what one array holds.</summary>
    public const long SnapshotBytesMax = int.MaxValue - (16 << 20);

    /// <summary>How long a call waits for a leader when none is known, before it is refused.</summary>
    public static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(20);

    /// <summary>A join or leave: SwarmKit's 25 s.</summary>
    public static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Between two tries to tell the others a new address, and for what was told to come back in the log.
    /// </summary>
    public static readonly TimeSpan AddressPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a manager whose log has told of no member waits until it asks to be taken in once more. Whoever was
    /// removed hears that sooner, by the first vote that it asks for, and is not to become a member again by asking.
    /// </summary>
    public static readonly TimeSpan UntoldPause = TimeSpan.FromSeconds(3);
}
