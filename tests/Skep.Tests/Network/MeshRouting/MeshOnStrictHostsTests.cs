using System.Net;
using System.Net.Sockets;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>The routing mesh among strangers, beside others' packet filters, and with idle connections.</summary>
public class MeshOnStrictHostsTests
{
    [Fact]
    public void A_datagram_in_a_tunnel_packet_reaches_a_task_only_if_a_node_has_sent_it()
    {
        using var rig = new MeshRig(2);
        EchoTask task = rig.AddTask(2, 21).ServeUdp(53);
        rig.Publish(PortProtocol.Udp, 5353, 53);
        rig.ApplyToAll();
        byte[] forged = ForgedPacket.Make(4097, from: 1, to: 2, IPAddress.Parse("10.0.0.21"), 53);
        using Socket stranger = MeshRig.Open(rig.ClientSpace);
        for (int i = 0; i < 5; i++)
        {
            stranger.SendTo(forged, new IPEndPoint(IPAddress.Parse("10.99.0.2"), 4789));
        }

        // What is asked behind them is answered, so they would have come by now.
        Assert.Equal("t21 10.99.0.100 by 10.99.0.2:5353", MeshRig.Ask(stranger, "10.99.0.2", 5353));
        Assert.Equal(1, task.Datagrams);

        // The same packet from a node: it is no mistake in it that keeps it away.
        MeshHost host = rig.Hosts[1];
        PeerFacts friend = rig.State.Peers[rig.Hosts[0].Node] with { DataPathAddress = MeshRig.Client };
        host.Apply(rig.State with { Peers = rig.State.Peers.SetItem(friend.Node, friend) });
        stranger.SendTo(forged, new IPEndPoint(IPAddress.Parse("10.99.0.2"), 4789));
        Assert.Equal("t21 10.99.0.100 by 10.99.0.2:5353", MeshRig.Ask(stranger, "10.99.0.2", 5353));
        Assert.Equal(3, task.Datagrams);
    }

    [Fact]
    public void A_host_whose_packet_filter_forwards_nothing_by_itself_forwards_what_is_the_meshs()
    {
        using var rig = new MeshRig(2);
        foreach (MeshHost host in rig.Hosts)
        {
            host.Space.Run("nft", "add table ip filter");
            host.Space.Run(
                "nft", "add chain ip filter FORWARD { type filter hook forward priority filter; policy drop; }");
        }

        rig.AddTask(2, 21).ServeTcp(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.ApplyToAll();
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, 3).Distinct());
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.2", 8080, 3).Distinct());
        Assert.Contains(
            "policy drop", rig.Hosts[0].Space.Run("nft", "list chain ip filter FORWARD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_is_remembered_for_hours_wherever_it_passes()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(2, 21).ServeBack(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.ApplyToAll();
        using var connection = new HeldConnection(rig.ClientSpace, "10.99.0.1", 8080);
        Assert.Equal("t21 10.99.0.100", connection.Greeting);
        Assert.Equal("on", connection.Ask("on"));
        await connection.AssertIsRememberedAsync(rig.Hosts[0].Space, "dport=8080 ");
        await connection.AssertIsRememberedAsync(rig.Hosts[1].Space, "dport=80 ");
    }
}
