using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
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

    [Fact]
    public void The_key_of_another_node_is_refused_until_that_node_has_another_or_is_removed()
    {
        string first = Key(1), second = Key(2), other = Key(3);
        StoreSnapshot store = Stores.With(Stores.Worker("a"), Stores.Worker("b"));
        store = store.Change(write => Register(write, "a", "192.0.2.1", first));
        Refuses(store, "b", first);

        // The last digit says bits beyond the end of the key: other words for the same key.
        Assert.EndsWith("E=", first);
        Assert.Throws<RefusedException>(
            () => store.Change(write => Register(write, "b", "192.0.2.2", first[..^2] + "F=")));
        store = store.Change(write => write.Update(
            write.Nodes.Get(new("a"))! with { Status = new() { State = NodeState.Down } }));
        Refuses(store, "b", first);
        store = store.Change(write => Register(write, "b", "192.0.2.2", other));
        Refuses(store, "b", first);

        // Who has it may say so again, and may go over to another one and back.
        store = store.Change(write => Register(write, "a", "192.0.2.9", first));
        store = store.Change(write => Register(write, "a", "192.0.2.9", second));
        Refuses(store, "b", second);
        store = store.Change(write => Register(write, "a", "192.0.2.9", first));
        store = store.Change(write => write.Delete(write.Nodes.Get(new("a"))!));
        store = store.Change(write => Register(write, "b", "192.0.2.2", first));
        Assert.Equal(first, NetworkPicture.Of(store).ViewOf(new("b")).Peers[new("b")].WireGuardKey);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("AQID")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_refused(string text)
    {
        StoreSnapshot store = Stores.With(Stores.Worker("a"));
        Assert.Equal(
            SwarmRefusal.Of(
                SwarmCode.InvalidArgument, "the WireGuard key of node a is not 32 bytes in base64").Message,
            Assert.Throws<RefusedException>(
                () => store.Change(write => Register(write, "a", "192.0.2.1", text))).Message);
    }

    [Fact]
    public void Nodes_without_keys_are_neighbours_as_well()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("a"), Stores.Worker("b"));
        store = store.Change(write => Register(write, "a", "192.0.2.1", ""));
        store = store.Change(write => Register(write, "b", "192.0.2.2", ""));
        Assert.Equal(2, store.ResourcesOf(PeerRecord.ExtensionName).Count());
    }

    private static string Key(byte number) => Convert.ToBase64String([.. Enumerable.Repeat((byte)0, 31), number]);

    private static void Refuses(StoreSnapshot store, string node, string key) => Assert.Equal(
        SwarmRefusal.Of(
            SwarmCode.AlreadyExists,
            $"node {node} says the WireGuard key that is node a's: every node needs a key of its own").Message,
        Assert.Throws<RefusedException>(
            () => store.Change(write => Register(write, node, "192.0.2.2", key))).Message);

    private static void Register(Transaction write, string node, string address) =>
        Register(write, node, address, "");

    private static void Register(Transaction write, string node, string address, string key) => PeerRecord.Register(
        write, new(node), new PeerRecord { DataPathAddress = address, WireGuardKey = key }, Stores.Ids());
}
