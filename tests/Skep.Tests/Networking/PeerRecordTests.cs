using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Networking;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Networking;

public class PeerRecordTests
{
    [Fact]
    public void Every_node_has_an_index_of_its_own_and_keeps_it()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("a"), Stores.Worker("b"), Stores.Worker("c"));
        store = store.Change(write => Register(write, "a", "192.0.2.1"));
        store = store.Change(write => Register(write, "b", "192.0.2.2"));
        StoreSnapshot same = store.Change(write => Register(write, "a", "192.0.2.1"));
        Assert.Same(store, same);
        store = store.Change(write => Register(write, "a", "192.0.2.9"));
        store = store.Change(write => Register(write, "c", "192.0.2.3"));
        Assert.Equal(
            ["a 1 192.0.2.9", "b 2 192.0.2.2", "c 3 192.0.2.3"],
            store.ResourcesOf(PeerRecord.ExtensionName).Select(one =>
                $"{PeerRecord.NodeOf(one)} {PeerRecord.Read(one)!.Index} {PeerRecord.Read(one)!.DataPathAddress}"));
        Assert.Equal(
            SwarmRefusal.Of(SwarmCode.NotFound, "node x not found").Message,
            Assert.Throws<RefusedException>(() => store.Change(write => Register(write, "x", ""))).Message);
    }

    [Fact]
    public void A_node_that_was_removed_is_no_neighbour_any_more_and_its_index_rests()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("a"), Stores.Worker("b"), Stores.Worker("c"));
        foreach (string node in new[] { "a", "b" })
        {
            store = store.Change(write => Register(write, node, "192.0.2.1"));
        }

        var upkeep = new PeerUpkeep();
        Assert.Empty(upkeep.Decide(store, Stores.Now, Stores.Ids()).Changes);
        store = store.Change(write => write.Delete(write.Nodes.Get(new("a"))!));
        Plan plan = upkeep.Decide(store, Stores.Now, Stores.Ids());
        Assert.Equal(["a"], plan.Changes.SelectMany(one => one.Actions).Select(one => one.Object.RawId));
        store = store.Change(write => Assert.All(plan.Changes, one => Assert.True(one.TryMake(write))));
        Assert.Empty(upkeep.Decide(store, Stores.Now, Stores.Ids()).Changes);
        store = store.Change(write => Register(write, "c", "192.0.2.3"));
        Assert.Equal([2u, 3u], NetworkPicture.Of(store).ViewOf(new("b")).Peers.Values.Select(one => one.Index).Order());
    }

    private static void Register(Transaction write, string node, string address) =>
        PeerRecord.Register(write, new(node), new PeerRecord { DataPathAddress = address }, Stores.Ids());
}
