using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Swarm;

namespace Skep.Manager.Consensus;

/// <summary>
/// Carries out what the raft core decides, in the only order that is safe: make it durable, tell the peers, apply it,
/// say so.
/// </summary>
/// <remarks>
/// Everything happens in <see cref="Step"/>, on one thread: either the simulation's or the one of
/// <see cref="RunAsync"/>. A step knows no clock and no task, so a run can be repeated from a seed. While a step waits
/// for the disk the queue gathers what the next one takes, and one sync serves all of it (group commit). Other threads
/// see <see cref="Status"/>, <see cref="Store"/> and the queue only. docs/internals/consensus.md has the whole story.
/// </remarks>
public sealed partial class RaftDriver
{
    private readonly RaftCore core;
    private readonly RaftStorage storage;
    private readonly IPeerLinks links;
    private readonly Log log;
    private readonly DriverOptions options;
    private readonly DriverQueue queue = new();
    private readonly Latest<DriverStatus> status;
    private readonly TaskCompletionSource removed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RoleState role = new(0, RaftRole.Follower, 0, "started");
    private MemberList members;
    private ulong applied;
    private ulong appliedTerm;
    private Ready? unsaved;
    private bool isSnapshotInstalled;
    private int ticksWithoutLeader;

    private RaftDriver(
        DriverOptions options, RaftCore core, RaftStorage storage, IPeerLinks links, Log log, DriverStart start)
    {
        this.options = options;
        this.core = core;
        this.storage = storage;
        this.links = links;
        this.log = log;
        members = start.Members;
        applied = start.Applied;
        appliedTerm = start.AppliedTerm;
        snapshotIndex = start.Applied;
        lastSnapshotBytes = start.SnapshotBytes;
        removedLater = start.RemovedLater;
        Store = new ReplicatedStore(queue, start.Store, options.Time, options.FirstRequestId);
        status = new Latest<DriverStatus>(NewStatus());
        links.SetPeers(PeersOf(members));
    }

    public ulong RaftId => options.RaftId;

    public ReplicatedStore Store { get; }

    public Latest<DriverStatus> Status => status;

    /// <summary>Ends when this member has learned that it is none any more.</summary>
    public Task Removed => removed.Task;

    /// <summary>A message for us arrived from a peer.</summary>
    /// <returns>False when too much waits; it counts as lost on the way.</returns>
    public bool Receive(Message message) => queue.AddMessage(new PeerMessage(message));

    /// <summary>What links and workers report: unreachable peers, snapshots sent.</summary>
    public void Report(DriverInput report) => queue.AddReport(report);

    /// <summary>What a peer is, as its calls tell. Called for every message, so only news are passed on.</summary>
    public void ReportEngine(ulong peer, PeerEngine engine)
    {
        bool isDocker = engine == PeerEngine.Docker;
        if (isDocker != status.Value.DockerPeers.Contains(peer))
        {
            queue.AddReport(new PeerEngineFound(peer, isDocker));
        }
    }

    /// <summary>Asks the driver for something; whether and when it is done is said by the request.</summary>
    public void Request(PendingRequest request)
    {
        if (!queue.AddRequest(request))
        {
            request.Refuse(queue.IsClosed ? Refusals.Stopped() : Refusals.TooMany());
        }
    }

    /// <summary>The core's own view, for proofs; only between steps.</summary>
    internal RaftStatus CoreStatus => core.Status;

    internal MemberList Members => members;

    internal ulong Applied => applied;

    /// <summary>Whether a step would find something to do.</summary>
    internal bool HasInput => queue.HasAny;

    /// <summary>
    /// Whether followers wait for word of a commit: what comes next takes it along, or else a step without any input,
    /// after <see cref="Limits.CommitPause"/>.
    /// </summary>
    internal bool HasUntoldCommit => core.HasUntoldCommit;

    /// <summary>Takes what has gathered in the queue and does everything that follows from it.</summary>
    /// <param name="ticks">Ticks of the clock since the last step.</param>
    public void Step(int ticks)
    {
        List<DriverInput> inputs = queue.Take(spareInputs);
        spareInputs = inputs;
        StepWith(inputs, Math.Min(ticks, Limits.TicksAtOnce));
    }

    private List<DriverInput> spareInputs = [];

    private void StepWith(List<DriverInput> inputs, int ticks)
    {
        if (unsaved is not null && !TryFinishUnsaved(ticks))
        {
            RefuseWhileFull(inputs);
            return;
        }

        for (int tick = 0; tick < ticks; tick++)
        {
            Tick();
        }

        foreach (DriverInput input in inputs)
        {
            Take(input);
        }

        if (inputs.Count == 0 && ticks == 0)
        {
            core.TellCommit();
        }

        ProposeWrites();
        HandOverWhenFull();
        AskReads();
        Drain();
        ProposeGathered();
        Publish();
        if (ticks > 0)
        {
            Measure();
        }
    }

    private void Tick()
    {
        core.Tick();
        TickGoodbye();
        ticksWithoutLeader = role.Leader == 0 ? ticksWithoutLeader + 1 : 0;
        TickRoom();
        TickReads();
        TickChanges();
        PromoteLearners();
    }

    private void Take(DriverInput input)
    {
        switch (input)
        {
            case PeerMessage message:
                Take(message.Message);
                break;
            case PendingWrite write:
                newWrites.Add(write);
                break;
            case PendingRead read:
                newReads.Add(read);
                break;
            case PendingChange change:
                Take(change);
                break;
            case PendingTransfer transfer:
                Take(transfer);
                break;
            case PeerUnreachable lost:
                core.ReportUnreachable(lost.Peer);
                break;
            case SnapshotSent sent:
                core.ReportSnapshot(sent.Peer, sent.HasArrived);
                break;
            case SnapshotWritten written:
                Take(written);
                break;
            case PendingRotation rotation:
                Take(rotation);
                break;
            case SnapshotWanted:
                isSnapshotWanted = true;
                break;
            case PeerEngineFound found:
                Take(found);
                break;
            case StoreWedged:
                LeaveWedgedStore();
                break;
            case MembersTold told when members.IsUntold:
                members = MemberList.Told(told.Members);
                links.SetPeers(PeersOf(members));
                break;
            case StrangerFound found:
                Take(found);
                break;
            case RemovalHeard:
                removed.TrySetResult();
                break;
        }
    }

    private void Take(Message message)
    {
        // Proposals are made by the leader alone, on what it has proposed before; so SwarmKit drops them too. A removed
        // member's messages are refused where they arrive, and again here for those that were under way (checklist 32).
        bool isForUs = message.To == options.RaftId && Message.MayArrive(message.Kind);
        if (isForUs && !members.Removed.Contains(message.From))
        {
            Meet(message.From);
            core.Receive(message);
        }
    }
}
