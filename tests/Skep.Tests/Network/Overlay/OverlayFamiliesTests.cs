using Skep.Agent.Network;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Tests.Linux.Namespaces;
using Xunit;

namespace Skep.Tests.Network.Overlay;

/// <summary>A node that the others cannot reach because it only has an address of the other family.</summary>
public sealed class OverlayFamiliesTests : IDisposable
{
    private const string Here = "10.30.0.2", There = "10.30.0.3", Apart = "10.30.0.6";
    private const string MacThere = "02:42:0a:1e:00:03", MacApart = "02:42:0a:1e:00:06";

    private readonly NetworkRecord network = OverlayNode.Network("f", 4203, "10.30.0.0/24", "10.30.0.1");
    private readonly OverlayNode one = new(1);
    private readonly OverlayNode two = new(2);

    public OverlayFamiliesTests() => OverlayNode.Join(one, two, mtu: 1400);

    [Fact]
    public async Task It_keeps_nobody_from_the_ways_to_the_others()
    {
        one.Attach(network, Here);
        NetworkState all = WithApart(one.State([one, two], (network, one, Here), (network, two, There)));
        await one.Links.ApplyAsync(NetworkStep.To(all), default);
        Assert.Contains($"{MacThere} dst 10.77.0.2", Macs(), StringComparison.Ordinal);
        Assert.DoesNotContain(MacApart, Macs(), StringComparison.Ordinal);

        NetworkState fewer = WithApart(one.State([one, two], (network, one, Here)));
        await one.Links.ApplyAsync(NetworkStep.Between(all, fewer), default);
        Assert.DoesNotContain(MacThere, Macs(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
    }

    private NetworkState WithApart(NetworkState state)
    {
        var node = new NodeId("node6");
        var key = (new NetworkId(network.Id), new TaskId(Apart));
        return state with
        {
            Peers = state.Peers.Add(node, new PeerFacts { Node = node, Index = 6, DataPathAddress = "fd00::6" }),
            Endpoints = state.Endpoints.Add(key, new EndpointFacts
            {
                Network = key.Item1, Task = key.Item2, Node = node, Addresses = [Apart], IsServing = true,
            }),
        };
    }

    private string Macs() =>
        TestNamespace.RunIn(one.SpacePath(network), "bridge", "fdb", "show", "dev", "vx0");
}
