using Skep.Swarm.Clusters;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Clusters;

public class NetworkKeysTests
{
    [Fact]
    public void A_swarm_gets_three_keys_for_each_of_the_two_uses_once()
    {
        var keys = new NetworkKeys(new Random(1).NextBytes);
        StoreSnapshot store = Stores.With();
        Change change = Assert.Single(keys.Decide(store, Stores.Now, Stores.Ids()).Changes);
        store = store.Change(transaction => Assert.True(change.TryMake(transaction)));
        Cluster cluster = store.Cluster!;
        Assert.Equal(
            ["networking:gossip", "networking:ipsec"],
            cluster.NetworkBootstrapKeys.Select(key => key.Subsystem).Distinct());
        Assert.Equal(6, cluster.NetworkBootstrapKeys.Select(key => key.Key).Distinct().Count());
        Assert.All(cluster.NetworkBootstrapKeys, key => Assert.Equal(16, key.Key.Length));
        Assert.Equal(cluster.EncryptionKeyLamportClock, cluster.NetworkBootstrapKeys.Max(key => key.LamportTime));
        Assert.Empty(keys.Decide(store, Stores.Now, Stores.Ids()).Changes);
    }
}
