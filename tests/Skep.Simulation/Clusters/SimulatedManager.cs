using Skep.Linux;
using Skep.Linux.Files;
using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;
using Skep.Swarm;

namespace Skep.Simulation.Clusters;

/// <summary>One manager's machine: the real driver, log and store on a disk and a clock that are not real.</summary>
/// <remarks>A crash takes everything but the disk. Whatever was planned for an earlier life does nothing.</remarks>
internal sealed class SimulatedManager
{
    private const string Folder = "/raft";

    private readonly ClusterSimulation simulation;
    private readonly SimulatedClock clock;
    private RaftStorage? storage;
    private IReadOnlyList<Member> known = [];
    private bool isFounder;
    private bool hasBegun;
    private bool isStepPlanned;
    private int waitingTicks;

    public SimulatedManager(ClusterSimulation simulation, ulong id, SimulatedDisk disk, SimulatedClock clock)
    {
        this.simulation = simulation;
        this.clock = clock;
        Id = id;
        Disk = disk;
    }

    public ulong Id { get; }

    public SimulatedDisk Disk { get; }

    /// <summary>Null while it is down.</summary>
    public RaftDriver? Driver { get; private set; }

    public bool IsUp => Driver is not null;

    /// <summary>Counts its starts.</summary>
    public int Life { get; private set; }

    /// <summary>What it sends leaves after the step that it is in.</summary>
    public long BusyUntil { get; private set; }

    /// <summary>It has learned that it is no member any more, and will not run again.</summary>
    public bool IsGone { get; private set; }

    public bool Leads => Driver?.Status.Value.Leadership.IsLeader == true;

    /// <summary>Operations of clients that wait for this manager's answer.</summary>
    public List<ClientOperation> Waiting { get; } = [];

    public Member Self => new(Id, new NodeId($"node{Id}"), $"10.0.0.{Id}:2377");

    public bool HasRemoved(ulong member) => Driver?.Members.Removed.Contains(member) == true;

    /// <summary>The machine of the first manager, or of one that has just been added to the members.</summary>
    public void Found(IReadOnlyList<Member>? told) => Guard(() =>
    {
        // What the join was answered with is durable before there is a log.
        known = told ?? [];
        isFounder = told is null;
        storage = RaftStorage.Create(
            Disk, Folder, simulation.Keys, new StorageIdentity("c", Self.Node.Value, Id));
        simulation.Started(this, storage.Recovered);
        Run(isFounder
            ? RaftDriver.Begin(Options([]), Self, storage, simulation.Network.LinksOf(this), Log())
            : RaftDriver.Open(Options(known), storage, simulation.Network.LinksOf(this), Log()));
    });

    /// <summary>Starts again from what the disk has kept.</summary>
    public void Restart() => Guard(() =>
    {
        if (isFounder && !hasBegun)
        {
            // Nobody was told of this swarm: it is forgotten and made again.
            Disk.Wipe();
            simulation.Forgotten(this);
            Found(null);
            return;
        }

        if (!RaftStorage.Exists(Disk, Folder))
        {
            // It crashed while its log was made; nothing was promised by it yet.
            Found(known);
            return;
        }

        storage = RaftStorage.Open(Disk, Folder, simulation.Keys, "c", Self.Node.Value);
        simulation.Started(this, storage.Recovered);
        Run(RaftDriver.Open(Options(known), storage, simulation.Network.LinksOf(this), Log()));
    });

    public void Receive(Message message)
    {
        if (Driver?.Receive(message) == true)
        {
            PlanStep();
        }
    }

    public void Report(int life, DriverInput report)
    {
        if (life == Life && Driver is not null)
        {
            Driver.Report(report);
            PlanStep();
        }
    }

    public void Request(PendingRequest request)
    {
        Driver!.Request(request);
        PlanStep();
    }

    /// <summary>The disk is lost, and with it this member: its machine comes back as another one.</summary>
    public void Wipe()
    {
        Crash(losesPower: true);
        Disk.Wipe();
        IsGone = true;
    }

    /// <param name="losesPower">The machine goes down; else only the process.</param>
    public void Crash(bool losesPower)
    {
        if (losesPower)
        {
            Disk.LosePower();
        }
        else
        {
            Disk.KillProcess();
        }

        Log().Info(IsGone ? "Ended for good" : losesPower ? "Lost power" : "Was killed");
        Life++;
        Driver = null;
        storage = null;
        simulation.CrashedWith(Waiting);
        Waiting.Clear();
    }

    /// <summary>Something in the queue: a step follows when the one before has ended.</summary>
    public void PlanStep()
    {
        if (!isStepPlanned && IsUp)
        {
            isStepPlanned = true;
            int life = Life;
            simulation.Time.At(BusyUntil, () => TakeStep(life));
        }
    }

    private void Run(RaftDriver driver)
    {
        Driver = driver;
        waitingTicks = 0;
        isStepPlanned = false;
        BusyUntil = simulation.Time.Now;
        if (simulation.Options.HasDocker)
        {
            Report(Life, new PeerEngineFound(1, true));
        }

        PlanTick(Life);
        PlanStep();
    }

    private void PlanTick(int life)
    {
        TimeSpan period = simulation.Options.Tick / clock.Speed;
        simulation.Time.After(period, () =>
        {
            if (life == Life && IsUp)
            {
                waitingTicks++;
                PlanStep();
                PlanTick(life);
            }
        });
    }

    private void TakeStep(int life)
    {
        if (life != Life || !IsUp)
        {
            return;
        }

        isStepPlanned = false;
        BusyUntil = simulation.Time.Now + simulation.DrawStep();
        int ticks = waitingTicks;
        waitingTicks = 0;
        Guard(() =>
        {
            Driver!.Step(ticks);
            simulation.Figures.Steps++;
            hasBegun |= Leads;
            simulation.Stepped(this);
            PlanTelling(life);
            if (Driver is { } driver && driver.SnapshotJobs.TryRead(out SnapshotJob? job))
            {
                simulation.Time.After(
                    simulation.DrawSnapshot(), () => WriteSnapshot(life, driver, job));
            }
        });
    }

    /// <summary>As the daemon's loop: when nothing comes, followers hear of a commit by an own step.</summary>
    private void PlanTelling(int life)
    {
        if (Driver is { HasUntoldCommit: true })
        {
            simulation.Time.After(Manager.Consensus.Limits.CommitPause, () =>
            {
                if (life == Life)
                {
                    PlanStep();
                }
            });
        }
    }

    private void WriteSnapshot(int life, RaftDriver driver, SnapshotJob job)
    {
        if (life == Life && IsUp)
        {
            simulation.Snapshotted(this, job);
            Guard(() =>
            {
                driver.WriteSnapshot(job);
                PlanStep();
            });
        }
    }

    /// <summary>
    /// The ends of a process that are nobody's bug: no power, a lost sync, a disk that cannot be read now.
    /// </summary>
    private void Guard(Action work)
    {
        try
        {
            work();
            if (Driver?.Removed.IsCompleted == true)
            {
                IsGone = true;
                Crash(losesPower: false);
            }
        }
        catch (PowerLostException)
        {
            Crash(losesPower: true);
            simulation.PlanRestart(this);
        }
        catch (Exception end) when (end is SyncFailedException or ErrnoException)
        {
            simulation.Figures.FailedSyncs += end is SyncFailedException ? 1 : 0;
            Crash(losesPower: false);
            simulation.PlanRestart(this);
        }
        catch (StorageRefusedException) when (Disk.Faults.ReadError > 0)
        {
            // What cannot be read is taken for damage, and nothing was changed: it is read again later.
            Crash(losesPower: false);
            simulation.PlanRestart(this);
        }
    }

    private DriverOptions Options(IReadOnlyList<Member> known)
    {
        SimulatedManager self = this;
        return new DriverOptions
        {
            RaftId = Id,
            Time = clock,
            Random = simulation.Random.Next,
            FirstRequestId = (ulong)simulation.Random.NextInt64(),
            KnownMembers = known,
            SnapshotEntries = simulation.Options.SnapshotEntries,
            KeptEntries = simulation.Options.KeptEntries,
            NewCore = simulation.NewCore,
            Finished = ready => simulation.Finished(self, ready),
        };
    }

    private Log Log() => simulation.LogOf(this);
}
