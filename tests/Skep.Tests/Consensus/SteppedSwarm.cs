using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Consensus;

/// <summary>Managers without threads and clocks: a test says when time passes and when they work.</summary>
internal sealed class SteppedSwarm
{
    private const string Folder = "/raft";

    private readonly SortedDictionary<ulong, SteppedManager> managers = [];
    private readonly Random random = new(1);

    public LocalNetwork Network { get; } = new();

    public StorageKeys Keys { get; set; } = new(DataKey.Create());

    public ulong SnapshotEntries { get; init; } = 10_000;

    public ulong KeptEntries { get; init; } = 500;

    public SteppedManager this[ulong id] => managers[id];

    public SteppedManager Leader => managers.Values.Where(static it => it.Leads)
        .MaxBy(static it => it.Driver.Status.Value.Leadership.Term)!;

    /// <summary>That many voters, the first of which leads.</summary>
    public SteppedSwarm Grow(int count)
    {
        Found();
        for (ulong id = 2; id <= (ulong)count; id++)
        {
            Join(id);
            Tick(3);
            Assert.Contains(id, Leader.Driver.Members.Configuration.Voters);
        }

        return this;
    }

    public SteppedManager Found()
    {
        SteppedManager first = NewManager(1);
        first.Storage = RaftStorage.Create(first.Disk, Folder, Keys, new StorageIdentity("c", "node1", 1));
        Run(first, RaftDriver.Begin(Options(1, []), MemberOf(1), first.Storage, Network.LinksOf(1), Log.None));
        Settle();
        return first;
    }

    /// <summary>Adds a learner and starts it.</summary>
    public void Join(ulong id)
    {
        PendingChange change = Change(Leader, ConfChangeKind.AddLearner, id);
        Settle();
        MemberList members = change.Outcome.Result;
        SteppedManager joined = NewManager(id);
        joined.Storage = RaftStorage.Create(joined.Disk, Folder, Keys, new StorageIdentity("c", $"node{id}", id));
        Run(joined, RaftDriver.Open(
            Options(id, [.. members.Members.Values]), joined.Storage, Network.LinksOf(id), Log.None));
        Settle();
    }

    /// <summary>Power goes; what was not synced is lost.</summary>
    public void Crash(ulong id)
    {
        Network.Detach(id);
        managers[id].IsUp = false;
        managers[id].Disk.LosePower();
    }

    public SteppedManager Restart(ulong id)
    {
        SteppedManager manager = managers[id];
        manager.Storage = RaftStorage.Open(manager.Disk, Folder, Keys, "c", $"node{id}");
        Run(manager, RaftDriver.Open(Options(id, []), manager.Storage, Network.LinksOf(id), Log.None));
        Settle();
        return manager;
    }

    public void Tick(int count)
    {
        for (int tick = 0; tick < count; tick++)
        {
            foreach (SteppedManager manager in managers.Values.Where(static it => it.IsUp))
            {
                manager.Driver.Step(1);
            }

            Settle();
        }
    }

    /// <summary>Until nobody has anything to do.</summary>
    public void Settle()
    {
        for (int round = 0; round < 10_000; round++)
        {
            bool hasWorked = false;
            foreach (SteppedManager manager in managers.Values.Where(static it => it.IsUp))
            {
                while (manager.Driver.SnapshotJobs.TryRead(out SnapshotJob? job))
                {
                    manager.Driver.WriteSnapshot(job);
                }

                if (manager.Driver.HasInput || manager.Driver.HasUntoldCommit || !manager.HasBegun)
                {
                    manager.HasBegun = true;
                    manager.Driver.Step(0);
                    hasWorked = true;
                }
            }

            if (!hasWorked)
            {
                return;
            }
        }

        Assert.Fail("the managers do not come to rest");
    }

    public static PendingChange Change(SteppedManager at, ConfChangeKind kind, ulong id)
    {
        ReadOnlyMemory<byte> context = kind == ConfChangeKind.RemoveNode ? default : MemberWire.Write(MemberOf(id));
        var change = new PendingChange(new ConfChange(0, kind, id, context));
        at.Driver.Request(change);
        return change;
    }

    public static Member MemberOf(ulong id) => new(id, new NodeId($"node{id}"), $"manager{id}:2377");

    private SteppedManager NewManager(ulong id)
    {
        var manager = new SteppedManager(new SimulatedDisk(random, DiskFaults.Forgetful));
        managers.Add(id, manager);
        return manager;
    }

    private void Run(SteppedManager manager, RaftDriver driver)
    {
        manager.Driver = driver;
        manager.IsUp = true;
        manager.HasBegun = false;
        Network.Attach(driver);
    }

    private DriverOptions Options(ulong id, IReadOnlyList<Member> known) => new()
    {
        RaftId = id,
        Time = TimeProvider.System,
        Random = random.Next,
        FirstRequestId = (ulong)random.NextInt64(),
        KnownMembers = known,
        SnapshotEntries = SnapshotEntries,
        KeptEntries = KeptEntries,
    };
}

/// <summary>One manager that works when it is told to.</summary>
internal sealed class SteppedManager(SimulatedDisk disk)
{
    public SimulatedDisk Disk => disk;

    public RaftStorage Storage { get; set; } = null!;

    public RaftDriver Driver { get; set; } = null!;

    public bool IsUp { get; set; }

    public bool HasBegun { get; set; }

    public bool Leads => IsUp && Driver.Status.Value.Leadership.IsLeader;

    public StartedWrite<Secret> Create(string name) =>
        Driver.Store.Start(change => change.Create(TestSwarm.NewSecret(name)));

    public bool Has(string name) => Driver.Store.Committed.Secrets.Named(name) is not null;

    public static RefusedException RefusalOf(PendingRequest<Skep.Swarm.Store.StoreSnapshot> request) =>
        Assert.IsType<RefusedException>(request.Outcome.Exception!.InnerException);
}
