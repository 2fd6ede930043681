using System.Collections.Immutable;

namespace Skep.Raft;

/// <summary>
/// Consensus as a state machine: ticks and messages go in; what to save, send and apply comes out of
/// <see cref="TakeReady"/>.
/// </summary>
/// <remarks>
/// <para>No clock, disk, socket, task or lock is inside, and chance only comes from
/// <see cref="RaftOptions.Random"/>: the same calls give the same results, so a failure can be replayed. One caller at
/// a time; the driver's loop is that caller.</para>
/// <para>Messages are etcd's, as SwarmKit carries them, so that a Docker manager can be in the same quorum. The design
/// and every difference from etcd are in docs/internals/raft.md; "checklist" in the comments is its list.</para>
/// <para>"Durable first" is in the data: what must wait for the disk is kept in <c>afterSaving</c>, and our own vote
/// and our own entries count only when <see cref="Advance"/> says that they are saved.</para>
/// </remarks>
public sealed partial class RaftCore
{
    private readonly RaftOptions options;
    private readonly RaftMutant mutant;
    private readonly ulong id;
    private readonly RaftLog log;
    private readonly Members members;

    private readonly List<Message> outbox = [];
    private readonly List<Message> afterSaving = [];
    private readonly List<ReadState> answeredReads = [];

    private int electionTicks;
    private int heartbeatTicks;
    private bool preVote;
    private int electionElapsed;
    private int heartbeatElapsed;
    private int electionDeadline;

    private ulong term;
    private ulong vote;
    private ulong leader;
    private RaftRole role;
    private string reason = "started";
    private SnapshotMeta? snapshot;

    /// <param name="hardState"><see cref="HardState.Empty"/> for a member that never ran.</param>
    /// <param name="members">The configuration as of <paramref name="applied"/>.</param>
    /// <param name="snapshot">The newest on disk; null: none yet.</param>
    /// <param name="entries">What the log on disk holds behind it.</param>
    /// <param name="applied">How far the driver's state has come; nothing up to here is handed out again.</param>
    public RaftCore(
        RaftOptions options,
        HardState hardState,
        ConfState members,
        SnapshotMeta? snapshot,
        IReadOnlyList<Entry> entries,
        ulong applied)
        : this(options, hardState, members, snapshot, entries, applied, RaftMutant.None)
    {
    }

    internal RaftCore(
        RaftOptions options,
        HardState hardState,
        ConfState members,
        SnapshotMeta? snapshot,
        IReadOnlyList<Entry> entries,
        ulong applied,
        RaftMutant mutant)
    {
        Invariant.Holds(options.Id != 0);
        Invariant.Holds(options.InflightMessagesMax > 0);
        this.options = options;
        this.mutant = mutant;
        this.snapshot = snapshot;
        id = options.Id;
        preVote = options.PreVote;
        log = new RaftLog(snapshot, entries, hardState.Commit, applied);
        this.members = new Members(options);
        this.members.Become(members, log.LastIndex);
        (term, vote) = (hardState.Term, hardState.Vote);
        SetTicks(options.ElectionTicks, options.HeartbeatTicks);
        BecomeFollower(term, 0, "started");
        (lastRole, savedHardState) = ((leader, role, term), NewHardState());
    }

    public RaftRole Role => role;

    public ulong Term => term;

    /// <summary>0: unknown.</summary>
    public ulong Leader => leader;

    public ulong LastIndex => log.LastIndex;

    /// <summary>Everything at once; it costs an allocation for each follower.</summary>
    public RaftStatus Status => new(
        id, role, term, vote, leader, log.Commit, log.Applied, log.FirstIndex, log.LastIndex, transferringTo,
        members.Conf,
        role == RaftRole.Leader ? [.. members.All.Select(it => it.ToStatus())] : ImmutableArray<FollowerStatus>.Empty);

    /// <summary>Makes the first entries of a new log: one AddNode for every member. Before anything else.</summary>
    /// <remarks>The driver finds them among the first committed entries and applies them like any other.</remarks>
    public void Bootstrap(params IReadOnlyList<ConfChange> changes)
    {
        Invariant.Holds(log.LastIndex == 0 && term == 0 && changes.Count > 0);
        BecomeFollower(1, 0, "made the first configuration");
        ConfState conf = members.Conf;
        foreach (ConfChange change in changes)
        {
            Invariant.Holds(change.Kind == ConfChangeKind.AddNode);
            log.Append(new Entry(1, log.LastIndex + 1, EntryKind.ConfChange, ConfChangeWire.Write(change)));
            conf = Members.After(conf, change) ?? conf;
        }

        log.CommitTo(log.LastIndex);
        members.Become(conf, log.LastIndex);
    }

    /// <summary>One tick of the driver's clock has passed.</summary>
    public void Tick()
    {
        electionElapsed++;
        if (role == RaftRole.Leader)
        {
            TickLeader();
        }
        else if (electionElapsed >= electionDeadline && IsPromotable)
        {
            electionElapsed = 0;
            Campaign();
        }
    }

    /// <summary>
    /// The interop rule: fast ticks among ourselves, SwarmKit's when a Docker manager is in the quorum.
    /// </summary>
    public void SetTicks(int electionTicks, int heartbeatTicks)
    {
        Invariant.Holds(heartbeatTicks > 0 && electionTicks > heartbeatTicks);
        (this.electionTicks, this.heartbeatTicks) = (electionTicks, heartbeatTicks);
        DrawElectionDeadline();
    }

    public void SetPreVote(bool preVote) => this.preVote = preVote;

    /// <summary>Takes a message from another member. One that makes no sense is ignored, whatever it holds.</summary>
    public void Receive(Message message)
    {
        if (message.From == id || message.To != id || !message.IsWellFormed || !PassesTerm(message))
        {
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.Vote or MessageKind.PreVote:
                OnVoteRequest(message);
                break;
            case MessageKind.VoteResponse or MessageKind.PreVoteResponse:
                OnVoteResponse(message);
                break;
            case MessageKind.Append or MessageKind.Heartbeat or MessageKind.Snapshot:
                OnLeadersMessage(message);
                break;
            case MessageKind.TimeoutNow when role == RaftRole.Follower:
                Start(Campaigning.Transfer, "the leader handed over");
                break;
            case MessageKind.ReadIndexResponse when role == RaftRole.Follower:
                answeredReads.Add(new ReadState(message.Index, message.Entries[0].Data));
                break;
            default:
                if (role == RaftRole.Leader)
                {
                    OnFollowersMessage(message);
                }

                break;
        }
    }

    private bool Has(RaftMutant planted) => (mutant & planted) != 0;

    private void Send(Message message)
    {
        Invariant.Holds(message.To != id && message.To != 0);
        outbox.Add(message);
    }

    /// <summary>For answers that vouch for something on our disk: they leave when it is there.</summary>
    private void SendAfterSaving(Message message)
    {
        Invariant.Holds(message.To != id && message.To != 0);
        afterSaving.Add(message);
    }

    /// <summary>A message of our current term.</summary>
    private Message NewMessage(MessageKind kind, ulong to) => new() { Kind = kind, To = to, From = id, Term = term };
}
