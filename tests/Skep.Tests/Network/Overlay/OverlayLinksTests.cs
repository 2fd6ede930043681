using Skep.Agent.Network;
using Skep.Linux.Namespaces;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network.Overlay;

/// <summary>Two machines on a wire, and containers that call each other over it.</summary>
public sealed class OverlayLinksTests : IDisposable
{
    private const string Here = "10.30.0.2", There = "10.30.0.3", Stranger = "10.30.0.4", Apart = "10.30.0.6";

    private readonly NetworkRecord red = OverlayNode.Network("r", 4201, "10.30.0.0/24", "10.30.0.1");
    private readonly NetworkRecord blue = OverlayNode.Network("b", 4202, "10.31.0.0/24", "10.31.0.1");
    private readonly OverlayNode one = new(1);
    private readonly OverlayNode two = new(2);

    public OverlayLinksTests() => OverlayNode.Join(one, two, mtu: 1400);

    [Fact]
    public async Task Containers_on_different_nodes_reach_each_other_with_whole_packets_and_no_one_else()
    {
        await TellAsync();
        string caller = one.Attach(red, Here);
        two.Attach(red, There);
        string stranger = two.Attach(blue, "10.31.0.4");
        await TellAsync((red, one, Here), (red, two, There), (blue, two, "10.31.0.4"));

        Assert.Contains(
            "mtu 1350", TestNamespace.RunIn(caller, "ip", "link", "show", "eth0"), StringComparison.Ordinal);
        Assert.True(Reaches(caller, There, bytes: 1322)); // With the headers of ICMP and IP it is 1350.
        Assert.True(Reaches(caller, "10.30.0.1", bytes: 8));
        Assert.False(Reaches(caller, "10.30.0.77", bytes: 8));
        TestNamespace.RunIn(stranger, "ip", "addr", "add", "10.30.0.9/24", "dev", "eth0");
        Assert.False(Reaches(stranger, Here, bytes: 8));
        Assert.DoesNotContain("02:42:0a:1e:00:03", Macs(two, red), StringComparison.Ordinal);
        Assert.Contains("02:42:0a:1e:00:03 dst 10.77.0.2", Macs(one, red), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_leaves_is_forgotten_and_one_that_moves_is_found()
    {
        string caller = one.Attach(red, Here);
        await TellAsync((red, one, Here), (red, two, There), (red, two, Stranger));
        Assert.Contains("02:42:0a:1e:00:04 dst 10.77.0.2", Macs(one, red), StringComparison.Ordinal);

        await TellAsync((red, one, Here), (red, two, There));
        Assert.DoesNotContain("02:42:0a:1e:00:04", Macs(one, red), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Stranger, TestNamespace.RunIn(one.SpacePath(red), "ip", "neigh"), StringComparison.Ordinal);

        one.Attach(red, There);
        await TellAsync((red, one, Here), (red, one, There));
        Assert.DoesNotContain("dst 10.77.0.2", Macs(one, red), StringComparison.Ordinal);
        Assert.True(Reaches(caller, There, bytes: 8));
    }

    [Fact]
    public async Task What_somebody_broke_is_repaired_and_counted()
    {
        string caller = one.Attach(red, Here);
        two.Attach(red, There);
        await TellAsync((red, one, Here), (red, two, There));
        one.Links.Repair();
        Assert.Equal(0, one.Links.Drift);

        string space = one.SpacePath(red);
        TestNamespace.RunIn(space, "bridge", "fdb", "del", "02:42:0a:1e:00:03", "dev", "vx0", "self");
        TestNamespace.RunIn(
            space, "ip", "neigh", "replace", There, "lladdr", "02:42:0a:1e:00:99", "dev", "vx0", "nud", "permanent");
        TestNamespace.RunIn(
            space, "bridge", "fdb", "add", "02:42:0a:1e:00:55", "dev", "vx0", "dst", "10.77.0.9", "self", "permanent");
        one.Links.Repair();
        Assert.Equal(3, one.Links.Drift);
        Assert.True(Reaches(caller, There, bytes: 8));
        Assert.DoesNotContain("02:42:0a:1e:00:55", Macs(one, red), StringComparison.Ordinal);

        TestNamespace.RunIn(space, "ip", "link", "del", "vx0");
        TestNamespace.RunIn(space, "ip", "addr", "flush", "dev", "br0");
        one.Links.Repair();
        Assert.True(Reaches(caller, There, bytes: 8));
        Assert.True(Reaches(caller, "10.30.0.1", bytes: 8));
        long counted = one.Links.Drift;
        one.Links.Repair();
        Assert.Equal(counted, one.Links.Drift);
    }

    [Fact]
    public async Task Without_its_bridge_a_network_takes_no_container_until_it_is_repaired_and_has_its_old_ones_then()
    {
        string caller = one.Attach(red, Here);
        two.Attach(red, There);
        await TellAsync((red, one, Here), (red, two, There));
        TestNamespace.RunIn(one.SpacePath(red), "ip", "link", "del", "br0");

        RefusedException refusal = Assert.Throws<RefusedException>(() => one.Attach(red, Apart));
        Assert.Equal(
            "the bridge of network net-r is not there on this node; it is made anew within seconds", refusal.Message);
        Assert.Equal(ErrorKind.Unavailable, refusal.Kind);

        one.Links.Repair();
        string late = one.Attach(red, Stranger);
        Assert.True(Reaches(late, "10.30.0.1", bytes: 8));
        Assert.True(Reaches(caller, There, bytes: 8) || Reaches(caller, There, bytes: 8));
        Assert.True(Reaches(late, Here, bytes: 8));
    }

    [Fact]
    public async Task A_new_daemon_takes_over_what_is_in_use_and_removes_the_rest()
    {
        string caller = one.Attach(red, Here);
        one.Attach(blue, "10.31.0.2");
        two.Attach(red, There);
        await TellAsync((red, one, Here), (red, two, There));
        one.Restart(red);
        Assert.True(Reaches(caller, There, bytes: 8)); // Before any manager has said a word.
        Assert.False(NetworkNamespace.IsMounted(one.SpacePath(blue)));

        await TellAsync((red, one, Here));
        Assert.DoesNotContain("dst", Macs(one, red), StringComparison.Ordinal);
        one.Links.Close(red.Id);
        Assert.False(File.Exists(one.SpacePath(red)));
        Assert.DoesNotContain("4799", one.Machine.Run("ss", "-uln"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_hears_late_who_it_is_connects_its_containers_then()
    {
        string caller = one.Attach(red, Here);
        two.Attach(red, There);
        Assert.False(Reaches(caller, There, bytes: 8));
        await TellAsync((red, one, Here), (red, two, There));

        // The first packet may fall to the kernel's last fruitless question who has the address.
        Assert.True(Reaches(caller, There, bytes: 8) || Reaches(caller, There, bytes: 8));
    }

    [Fact]
    public async Task Where_nothing_encrypts_an_encrypted_network_has_no_tunnel_and_its_containers_are_refused()
    {
        NetworkRecord secret = red with { IsEncrypted = true };
        RefusedException refusal = Assert.Throws<RefusedException>(() => one.Attach(secret, Here));
        Assert.StartsWith("network net-r is encrypted, which this node cannot do: ", refusal.Message);
        Assert.False(File.Exists(one.SpacePath(secret)));

        // As when the program was removed while containers of an earlier daemon run.
        one.Restart(secret);
        await TellAsync((secret, one, Here), (secret, two, There));
        one.Links.Repair();
        Assert.Contains(
            "br0", TestNamespace.RunIn(one.SpacePath(secret), "ip", "-o", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "vx0", TestNamespace.RunIn(one.SpacePath(secret), "ip", "-o", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain("4799", one.Machine.Run("ss", "-uln"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_has_only_an_address_of_the_other_family_keeps_nobody_from_the_ways_to_the_rest()
    {
        const string macThere = "02:42:0a:1e:00:03", macApart = "02:42:0a:1e:00:06";
        one.Attach(red, Here);
        NetworkState all = WithApart(one.State([one, two], (red, one, Here), (red, two, There)));
        await one.Links.ApplyAsync(NetworkStep.To(all), default);
        Assert.Contains($"{macThere} dst 10.77.0.2", Macs(one, red), StringComparison.Ordinal);
        Assert.DoesNotContain(macApart, Macs(one, red), StringComparison.Ordinal);

        NetworkState fewer = WithApart(one.State([one, two], (red, one, Here)));
        await one.Links.ApplyAsync(NetworkStep.Between(all, fewer), default);
        Assert.DoesNotContain(macThere, Macs(one, red), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
    }

    private async Task TellAsync(params (NetworkRecord Network, OverlayNode Node, string Address)[] endpoints)
    {
        await one.Links.ApplyAsync(NetworkStep.To(one.State([one, two], endpoints)), default);
        await two.Links.ApplyAsync(NetworkStep.To(two.State([one, two], endpoints)), default);
    }

    /// <summary>With a third node, which those that have IPv4 alone cannot reach.</summary>
    private NetworkState WithApart(NetworkState state)
    {
        var node = new NodeId("node6");
        var key = (new NetworkId(red.Id), new TaskId(Apart));
        return state with
        {
            Peers = state.Peers.Add(node, new PeerFacts { Node = node, Index = 6, DataPathAddress = "fd00::6" }),
            Endpoints = state.Endpoints.Add(key, new EndpointFacts
            {
                Network = key.Item1, Task = key.Item2, Node = node, Addresses = [Apart], IsServing = true,
            }),
        };
    }

    private static bool Reaches(string from, string address, int bytes) => TestNamespace.TryRunIn(
        from, "busybox", "ping", "-c", "1", "-W", "2", "-s", $"{bytes}", address).ExitCode == 0;

    private static string Macs(OverlayNode node, NetworkRecord network) =>
        TestNamespace.RunIn(node.SpacePath(network), "bridge", "fdb", "show", "dev", "vx0");
}
