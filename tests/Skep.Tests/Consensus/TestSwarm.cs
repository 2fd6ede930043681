using System.Security.Cryptography;
using Skep.Linux.Files;
using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Swarm;
using Skep.Swarm.Objects;


namespace Skep.Tests.Consensus;

/// <summary>Managers in this process: real drivers, threads, clock and disk; only the links are short.</summary>
internal sealed class TestSwarm : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string root = Directory.CreateTempSubdirectory("skep-consensus-").FullName;
    private readonly StorageKeys keys;
    private readonly SortedDictionary<ulong, TestManager> managers = [];

    public TestSwarm() => keys = new StorageKeys(new DataKey(DataKeyBytes));

    /// <summary>What the logs are encrypted with.</summary>
    public byte[] DataKeyBytes { get; } = RandomNumberGenerator.GetBytes(32);

    public LocalNetwork Network { get; } = new();

    public IReadOnlyDictionary<ulong, TestManager> Managers => managers;

    /// <summary>A swarm of that many managers, all voters.</summary>
    public static async Task<TestSwarm> StartAsync(int count)
    {
        var swarm = new TestSwarm();
        TestManager first = swarm.Found();
        await first.LeadsAsync();
        for (int number = 2; number <= count; number++)
        {
            await swarm.JoinAsync((ulong)number);
        }

        return swarm;
    }

    public TestManager Found()
    {
        var self = new Member(1, new NodeId("node1"), "manager1:2377");
        var identity = new StorageIdentity("c", "node1", 1);
        RaftStorage storage = RaftStorage.Create(new LinuxDisk(), Folder(1), keys, identity);
        IPeerLinks links = Network.LinksOf(1);
        return Run(1, RaftDriver.Begin(Options(1, []), self, storage, links, Log.None), storage, links);
    }

    /// <summary>Adds a manager and waits until it votes.</summary>
    public async Task<TestManager> JoinAsync(ulong number)
    {
        using var late = new CancellationTokenSource(Patience);
        var node = new NodeId($"node{number}");
        JoinAnswer? told = null;
        TestManager leader = await InsistAsync(async one => told = await one.Membership.JoinAsync(
            node, $"manager{number}:2377", "1.2.3.4:5", late.Token));
        JoinAnswer answer = told!;
        TestManager joined = Begin(answer, node);
        await leader.Driver.Status.WaitAsync(
            now => now.Members.Configuration.Voters.Contains(answer.RaftId), late.Token);
        return joined;
    }

    public TestManager Begin(JoinAnswer answer, NodeId node)
    {
        ulong id = answer.RaftId;
        RaftStorage storage = RaftStorage.Create(
            new LinuxDisk(), Folder(id), keys, new StorageIdentity("c", node.Value, id));
        return Open(id, storage, [.. answer.Members.Members.Values]);
    }

    public async Task StopAsync(ulong id)
    {
        Network.Detach(id);
        managers.Remove(id, out TestManager? manager);
        await manager!.DisposeAsync();
    }

    public TestManager Restart(ulong id, string nodeId) =>
        Open(id, RaftStorage.Open(new LinuxDisk(), Folder(id), keys, "c", nodeId), []);

    public async Task<TestManager> LeaderAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            TestManager? leader = managers.Values.FirstOrDefault(manager => manager.IsLeader);
            if (leader is not null)
            {
                return leader;
            }

            await Task.WhenAny(managers.Values.Select(static it => it.Driver.Status.Read().Changed))
                .WaitAsync(late.Token);
        }
    }

    /// <summary>
    /// Asks whoever leads, again while leadership moves on: on a busy machine it may, at any time.
    /// </summary>
    /// <returns>The leader that did it.</returns>
    public async Task<TestManager> InsistAsync(Func<TestManager, Task> ask)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            TestManager leader = await LeaderAsync();
            try
            {
                await ask(leader).WaitAsync(late.Token);
                return leader;
            }
            catch (RefusedException e) when (e.Kind is ErrorKind.Unavailable or ErrorKind.OutcomeUnknown)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, late.Token);
            }
        }
    }

    public static Secret NewSecret(string name) => new()
    {
        Id = new SecretId("id-" + name),
        Spec = new SecretSpec { Annotations = new Annotations { Name = name }, Data = Bytes.Utf8("value of " + name) },
    };

    public async ValueTask DisposeAsync()
    {
        foreach (TestManager manager in managers.Values)
        {
            await manager.DisposeAsync();
        }

        Directory.Delete(root, recursive: true);
    }

    private TestManager Open(ulong id, RaftStorage storage, IReadOnlyList<Member> known)
    {
        IPeerLinks links = Network.LinksOf(id);
        return Run(id, RaftDriver.Open(Options(id, known), storage, links, Log.None), storage, links);
    }

    private TestManager Run(ulong id, RaftDriver driver, RaftStorage storage, IPeerLinks links)
    {
        Network.Attach(driver);
        var manager = new TestManager(driver, storage, links);
        managers[id] = manager;
        return manager;
    }

    private string Folder(ulong id) => Path.Combine(root, $"{id}");

    private static DriverOptions Options(ulong id, IReadOnlyList<Member> known) => new()
    {
        RaftId = id,
        Time = TimeProvider.System,
        Random = RandomNumberGenerator.GetInt32,
        FirstRequestId = id << 32,
        KnownMembers = known,
    };
}

/// <summary>One running manager.</summary>
internal sealed class TestManager : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly RaftStorage storage;
    private readonly Task running;

    public TestManager(RaftDriver driver, RaftStorage storage, IPeerLinks links)
    {
        Driver = driver;
        this.storage = storage;
        Membership = new Membership(
            driver,
            links,
            (_, _) => Task.FromResult(new PeerAnswer(PeerEngine.Skep, 0)),
            new IdSource(RandomNumberGenerator.Fill),
            Log.None);
        running = driver.RunAsync(ending.Token);
    }

    public RaftDriver Driver { get; }

    public Membership Membership { get; }

    public ReplicatedStore Store => Driver.Store;

    public bool IsLeader => Driver.Status.Value.Leadership.IsLeader;

    public async Task LeadsAsync()
    {
        using var late = new CancellationTokenSource(TestSwarm.Patience);
        await Driver.Status.WaitAsync(now => now.Leadership.IsLeader, late.Token);
    }

    public Task<Secret> CreateAsync(string name) => Store.UpdateAsync(
        change => change.Create(TestSwarm.NewSecret(name)), CancellationToken.None).WaitAsync(TestSwarm.Patience);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await running;
        storage.Dispose();
        ending.Dispose();
    }
}
