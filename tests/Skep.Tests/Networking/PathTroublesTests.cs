using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Networking;

public class PathTroublesTests
{
    [Fact]
    public void A_broken_way_stands_in_the_nodes_message_until_it_is_whole()
    {
        StoreSnapshot store = Stores.With(
            Stores.Worker("a"),
            Stores.Worker("b") with { Description = new() { Hostname = "host-b" } },
            Stores.Worker("c") with { Status = new() { State = NodeState.Down } });
        store = store.Change(write => PeerRecord.Register(
            write, new("b"), new PeerRecord { DataPathAddress = "192.0.2.2" }, Stores.Ids()));
        PathTrouble large = new(new("b"), PathTroubleKind.Large, 1450);
        PathTrouble away = new(new("c"), PathTroubleKind.Silent, 1450);
        StoreSnapshot noted = store.Change(write => PathTroubles.Note(write, new("a"), [away, large]));
        Assert.Equal(
            "network path: node host-b (192.0.2.2) answers small packets but none of 1450 bytes: the MTU is smaller "
            + "on the way",
            noted.Nodes.Get(new("a"))!.Status.Message);
        Assert.Same(noted, noted.Change(write => PathTroubles.Note(write, new("a"), [large])));
        StoreSnapshot whole = noted.Change(write => PathTroubles.Note(write, new("a"), []));
        Assert.Equal("", whole.Nodes.Get(new("a"))!.Status.Message);
    }

    [Fact]
    public void Data_path_addresses_of_two_families_are_said_to_be_so()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("a"), Stores.Worker("b"));
        store = store.Change(write => PeerRecord.Register(
            write, new("a"), new PeerRecord { DataPathAddress = "192.0.2.1" }, Stores.Ids()));
        store = store.Change(write => PeerRecord.Register(
            write, new("b"), new PeerRecord { DataPathAddress = "fd00::2" }, Stores.Ids()));
        store = store.Change(write => PathTroubles.Note(
            write, new("a"), [new(new("b"), PathTroubleKind.Silent, 1450)]));
        Assert.Equal(
            "network path: node b (fd00::2) cannot be reached from 192.0.2.1: one data-path address is IPv6 and the "
            + "other is not, and --data-path-addr of swarm init and join says another one",
            store.Nodes.Get(new("a"))!.Status.Message);
    }

    [Fact]
    public void A_message_that_is_not_about_paths_stays()
    {
        StoreSnapshot store = Stores.With(
            Stores.Worker("a") with { Status = new() { State = NodeState.Ready, Message = "other" } },
            Stores.Worker("b"));
        Assert.Same(store, store.Change(write => PathTroubles.Note(
            write, new("a"), [new(new("b"), PathTroubleKind.Silent, 1450)])));
    }
}
