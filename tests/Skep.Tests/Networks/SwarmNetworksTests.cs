using System.Collections.Immutable;
using System.Net;
using Skep.Agent;
using Skep.Agent.Names;
using Skep.Agent.Network;
using Skep.Agent.Networks;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Networks;

/// <summary>All parts of a node's networks together, in the real kernel.</summary>
public sealed class SwarmNetworksTests : IDisposable
{
    private static readonly NodeId Self = new("n");
    private static readonly NetworkId Ingress = new("ingress"), Net = new("net");

    private readonly string root = Directory.CreateTempSubdirectory("skep-parts-").FullName;
    private readonly TestNamespace machine = new();
    private readonly Dictionary<string, NameTable?> tables = [];
    private readonly DataPath path;
    private readonly SwarmNetworks networks;

    public SwarmNetworksTests()
    {
        machine.Run("ip", "link", "add", "eth0", "type", "bridge");
        machine.Run("ip", "addr", "add", "10.99.0.1/24", "dev", "eth0");
        machine.Run("ip", "link", "set", "eth0", "up");
        path = new DataPath(new Instance(root, root), TimeProvider.System, Log.None);
        networks = new SwarmNetworks(path, new SwarmNames((id, table) => tables[id] = table), Log.None);
    }

    [Fact]
    public void What_one_part_cannot_do_keeps_no_other_from_its_part()
    {
        // The routing mesh's own tunnel cannot be made beside it.
        machine.Run(
            "ip", "link", "add", "other", "type", "vxlan", "id", "4097", "dstport", "4789", "local", "10.99.0.1");
        Assert.False(Apply(State));
        Assert.Equal([IPAddress.Parse("10.0.1.2")], tables["net"]!.Find("web"));

        machine.Run("ip", "link", "del", "other");
        Assert.True(Apply(State with { Revision = 2 }));
    }

    public void Dispose()
    {
        networks.Dispose();
        path.DisposeAsync().AsTask().GetAwaiter().GetResult();
        machine.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private static NetworkState State => NetworkState.Empty with
    {
        Self = Self,
        Networks = ImmutableDictionary<NetworkId, NetworkFacts>.Empty
            .Add(Ingress, new NetworkFacts
            {
                Id = Ingress, Name = "ingress", Vni = 4097, IsIngress = true,
                Subnets = [new SubnetFacts("10.0.0.0/24", "10.0.0.1")],
            })
            .Add(Net, new NetworkFacts
            {
                Id = Net, Name = "front", Vni = 4098, Subnets = [new SubnetFacts("10.0.1.0/24", "10.0.1.1")],
            }),
        Services = NetworkState.Empty.Services.Add((Net, new("s")), new ServiceFacts
        {
            Id = new("s"), Network = Net, Name = "web", VirtualAddresses = ["10.0.1.2"],
        }),
        Peers = NetworkState.Empty.Peers.Add(
            Self, new PeerFacts { Node = Self, Index = 1, DataPathAddress = "10.99.0.1" }),
    };

    private bool Apply(NetworkState state) => machine.Enter(
        () => networks.ApplyAsync(NetworkStep.To(state), default).GetAwaiter().GetResult());
}
