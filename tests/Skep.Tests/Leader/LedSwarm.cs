using System.Security.Cryptography;
using Skep.Manager.Control;
using Skep.Manager.Leader;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Consensus;
using Skep.Tests.Store;

namespace Skep.Tests.Leader;

/// <summary>Managers of one process, each with its leader's loop and its control API.</summary>
internal sealed class LedSwarm : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly TestSwarm swarm;
    private readonly List<Task> loops = [];

    private LedSwarm(TestSwarm swarm)
    {
        this.swarm = swarm;
    }

    public TestSwarm Managers => swarm;

    public static async Task<LedSwarm> StartAsync(int count)
    {
        var led = new LedSwarm(await TestSwarm.StartAsync(count));
        await led.swarm.InsistAsync(leader => leader.Store.UpdateAsync(
            change =>
            {
                change.Create(new Cluster
                {
                    Id = new("c"),
                    Spec = new() { Annotations = new() { Name = StoreReader.ClusterName } },
                    RootCA = new() { CACert = Bytes.Utf8("root") },
                });
                for (int number = 1; number <= count; number++)
                {
                    change.Create(Stores.Manager($"node{number}"));
                }
            },
            CancellationToken.None));
        foreach (TestManager manager in led.swarm.Managers.Values)
        {
            var loop = new LeaderLoop(
                manager.Store,
                manager.Driver.Status,
                manager.Membership,
                Deciders.All,
                Ids(),
                TimeProvider.System,
                Log.None);
            led.loops.Add(loop.RunAsync(led.ending.Token));
        }
        return led;
    }

    public async Task<StoreControl> ControlAsync()
    {
        TestManager leader = await swarm.LeaderAsync();
        return new(
            leader.Store,
            leader.Membership.ToQuorum,
            (cluster, _, _) => Task.FromResult(cluster.RootCA),
            new(static _ => true, static (task, _) => task.Spec.Container!),
            new(leader.Store.Feed, leader.Driver.Status, Ids(), TimeProvider.System),
            Ids());
    }

    /// <summary>Waits until the store of whoever leads is as wanted.</summary>
    public async Task<StoreSnapshot> UntilAsync(Func<TestManager, StoreSnapshot, bool> isWanted)
    {
        using var late = new CancellationTokenSource(TestSwarm.Patience);
        while (true)
        {
            TestManager leader = await swarm.LeaderAsync();
            Task written = leader.Store.Feed.Watch().Written();
            Task moved = leader.Driver.Status.Read().Changed;
            if (isWanted(leader, leader.Store.Committed))
            {
                return leader.Store.Committed;
            }
            await Task.WhenAny(written, moved).WaitAsync(late.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        foreach (Task loop in loops)
        {
            await Task.WhenAny(loop);
            if (loop.IsFaulted)
            {
                await loop;
            }
        }
        await swarm.DisposeAsync();
        ending.Dispose();
    }

    private static IdSource Ids() => new(RandomNumberGenerator.Fill);
}
