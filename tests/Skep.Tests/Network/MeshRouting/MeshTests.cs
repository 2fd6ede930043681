using System.Net.Sockets;
using Skep.Linux;
using Skep.Swarm.Objects;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>The routing mesh of several hosts in the real kernel.</summary>
public class MeshTests
{
    // One of two is missed by chance once in eight million times, one of three even more seldom.
    private const int Many = 24, More = 60;

    [Fact]
    public void Every_node_answers_a_published_port_and_tasks_see_who_calls()
    {
        using var rig = new MeshRig(3);
        rig.AddTask(1, 11).ServeTcp(80).ServeUdp(53);
        rig.AddTask(2, 21).ServeTcp(80).ServeUdp(53);
        rig.AddTask(2, 22, hasOtherDefaultRoute: false).ServeTcp(80).ServeUdp(53);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.Publish(PortProtocol.Udp, 5353, 53);
        rig.ApplyToAll();
        for (int host = 1; host <= 3; host++)
        {
            string address = MeshRig.AddressOf(host);
            string[] heard = MeshRig.Call(rig.ClientSpace, address, 8080, More);
            Assert.Equal(["t11 10.99.0.100", "t21 10.99.0.100", "t22 10.99.0.100"], heard.Distinct());
            Assert.Equal(More, heard.Length);
            Assert.Equal(
                [
                    $"t11 10.99.0.100 by {address}:5353",
                    $"t21 10.99.0.100 by {address}:5353",
                    $"t22 10.99.0.100 by {address}:5353",
                ],
                MeshRig.Send(rig.ClientSpace, address, 5353, More).Distinct());
        }
    }

    [Fact]
    public void Tasks_get_calls_of_a_port_by_their_weight_and_local_ones_none_that_they_shall_not_have()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(1, 11).ServeTcp(80);
        rig.AddTask(2, 21).ServeTcp(80);
        rig.AddTask(2, 22).ServeTcp(80);
        rig.SetTask(1, 11, isServing: true, weight: 0);
        rig.SetTask(2, 22, isServing: true, weight: 5);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.Publish(PortProtocol.Tcp, 8081, 80, prefersLocal: true);
        rig.ApplyToAll();
        foreach (int port in new[] { 8080, 8081 })
        {
            string[] heard = MeshRig.Call(rig.ClientSpace, MeshRig.AddressOf(1), port, 100);

            // One of 21: more than 40 of 100 never happen.
            Assert.InRange(heard.Count(one => one == "t22 10.99.0.100"), 0, 40);
            Assert.Equal(100, heard.Count(one => one is "t21 10.99.0.100" or "t22 10.99.0.100"));
        }

        rig.SetTask(1, 11, isServing: true, weight: 1);
        rig.ApplyToAll();
        Assert.Equal(
            ["t11 10.99.0.100"], MeshRig.Call(rig.ClientSpace, MeshRig.AddressOf(1), 8081, 10).Distinct());
        Assert.All(rig.Hosts, host => Assert.Equal(0, host.Repair()));
    }

    [Fact]
    public void A_caller_may_call_several_nodes_from_one_port_and_each_answers_for_itself()
    {
        using var rig = new MeshRig(3);
        rig.AddTask(2, 21).ServeBack(80).ServeUdp(53);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.Publish(PortProtocol.Udp, 5353, 53);
        rig.ApplyToAll();
        using Socket socket = MeshRig.Open(rig.ClientSpace);
        for (int round = 0; round < 2; round++)
        {
            foreach (string address in rig.Hosts.Select((_, i) => MeshRig.AddressOf(i + 1)))
            {
                Assert.Equal($"t21 10.99.0.100 by {address}:5353", MeshRig.Ask(socket, address, 5353));
            }
        }

        HeldConnection[] connections =
        [
            .. rig.Hosts.Select((_, i) => new HeldConnection(rig.ClientSpace, MeshRig.AddressOf(i + 1), 8080, 40000)),
        ];
        Assert.All(connections, connection => Assert.Equal("t21 10.99.0.100", connection.Greeting));
        Assert.All(connections, (connection, i) => Assert.Equal($"call {i}", connection.Ask($"call {i}")));
        Array.ForEach(connections, connection => connection.Dispose());

        // The flows are forgotten like any others.
        rig.SetTask(2, 21, isServing: false);
        rig.AddTask(1, 11).ServeUdp(53);
        rig.ApplyToAll();
        Assert.Equal("t11 10.99.0.100 by 10.99.0.3:5353", MeshRig.Ask(socket, "10.99.0.3", 5353));
    }

    [Fact]
    public void Nodes_and_tasks_call_by_any_address_and_reach_every_task_even_themselves()
    {
        using var rig = new MeshRig(2);
        EchoTask first = rig.AddTask(1, 11).ServeTcp(80).ServeUdp(53);
        rig.AddTask(2, 21).ServeTcp(80).ServeUdp(53);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.Publish(PortProtocol.Udp, 5353, 53);
        rig.ApplyToAll();
        foreach (string address in new[] { "127.0.0.1", "10.99.0.1", "10.99.0.2" })
        {
            // Who calls from a node, or from a container of one, is seen as the node that took the call in.
            string node = address == "10.99.0.2" ? "100.64.0.2" : "100.64.0.1";
            string local = address == "10.99.0.2" ? "10.99.0.1" : node;
            Assert.Equal(
                [$"t11 {node}", $"t21 {local}"],
                MeshRig.Call(rig.Hosts[0].Space, address, 8080, Many).Distinct());
        }

        foreach (string address in new[] { "172.18.11.1", "10.99.0.1", "10.99.0.2" })
        {
            Assert.Equal(
                ["t11", "t21"],
                MeshRig.Call(first.Space, address, 8080, Many).Select(heard => heard.Split(' ')[0]).Distinct());
            Assert.Equal(
                ["t11", "t21"],
                MeshRig.Send(first.Space, address, 5353, Many).Select(heard => heard.Split(' ')[0]).Distinct());
        }
    }

    [Fact]
    public void Labels_hide_callers_and_prefer_tasks_of_the_node_that_was_called()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(1, 11).ServeTcp(80);
        rig.AddTask(2, 21).ServeTcp(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80, hides: true);
        rig.Publish(PortProtocol.Tcp, 8081, 80, prefersLocal: true);
        rig.ApplyToAll();
        Assert.Equal(
            ["t11 100.64.0.1", "t21 100.64.0.1"],
            MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, Many).Distinct());
        Assert.Equal(["t11 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8081, 10).Distinct());
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.2", 8081, 10).Distinct());
        rig.SetTask(1, 11, isServing: false);
        rig.ApplyToAll();
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8081, 10).Distinct());
    }

    [Fact]
    public void A_task_that_serves_no_more_gets_no_new_calls_and_flows_of_datagrams_move_on()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(1, 11).ServeUdp(53);
        rig.AddTask(2, 21).ServeUdp(53);
        rig.Publish(PortProtocol.Udp, 5353, 53);
        rig.ApplyToAll();
        Socket[] flows = [.. Enumerable.Range(0, 20).Select(_ => MeshRig.Open(rig.ClientSpace))];
        string[] before = [.. flows.Select(flow => MeshRig.Ask(flow, "10.99.0.1", 5353))];
        Assert.Equal(2, before.Distinct().Count());
        Assert.Equal(before, flows.Select(flow => MeshRig.Ask(flow, "10.99.0.1", 5353)));
        rig.SetTask(2, 21, isServing: false);
        rig.ApplyToAll();
        Assert.All(
            flows.Select(flow => MeshRig.Ask(flow, "10.99.0.1", 5353)),
            heard => Assert.Equal("t11 10.99.0.100 by 10.99.0.1:5353", heard));
        Array.ForEach(flows, flow => flow.Dispose());
    }

    [Fact]
    public void What_others_break_is_found_counted_and_repaired()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(1, 11).ServeTcp(80);
        rig.AddTask(2, 21).ServeTcp(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.ApplyToAll();
        MeshHost host = rig.Hosts[0];
        Assert.Equal(0, host.Repair());

        host.Space.Run("ip", "route", "del", "10.0.0.21");
        host.Space.Run("ip", "route", "del", "10.0.0.11");
        host.Space.Run("ip", "neigh", "del", "100.64.0.2", "dev", host.Tunnel);
        host.Space.Run("bridge", "fdb", "del", "02:5e:00:00:00:02", "dev", host.Tunnel, "self");
        host.Space.Run("ip", "rule", "del", "pref", "10000");
        host.Space.Run("nft", $"delete element inet {host.Table} targets4 {{ 6 . 8080 . 0 }}");
        host.Space.Run("nft", $"add element inet {host.Table} hidden {{ 6 . 8080 }}");
        Assert.Equal(7, host.Repair());
        Assert.Equal(0, host.Repair());
        host.Space.Run("nft", "flush", "ruleset");
        host.Space.Run("ip", "link", "del", host.Tunnel);
        Assert.True(host.Repair() > 0);
        Assert.Equal(0, host.Repair());
        Assert.True(host.Mesh.DriftCount > 7);
        Assert.Equal(
            ["t11 10.99.0.100", "t21 10.99.0.100"],
            MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, Many).Distinct());
    }

    [Fact]
    public void What_could_not_be_made_is_made_by_the_next_repair()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(2, 21).ServeTcp(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        MeshHost host = rig.Hosts[0];
        host.Space.Run(
            "ip", "link", "add", "other", "type", "vxlan", "id", "4097", "dstport", "4789", "local", "10.99.0.1");
        Assert.Throws<ErrnoException>(() => host.Apply(rig.State));
        rig.Hosts[1].Apply(rig.State);
        host.Space.Run("ip", "link", "del", "other");

        // Nothing new is told meanwhile.
        host.Repair();
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, 3).Distinct());
        Assert.Equal(0, host.Repair());
    }

    [Fact]
    public void Connections_outlive_every_change_even_the_end_of_serving_and_a_table_written_anew()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(2, 21).ServeTcp(80).ServeBack(81);
        rig.Publish(PortProtocol.Tcp, 8081, 81);
        rig.ApplyToAll();
        using var connection = new HeldConnection(rig.ClientSpace, "10.99.0.1", 8081);
        Assert.Equal("t21 10.99.0.100", connection.Greeting);
        rig.AddTask(1, 11).ServeBack(81);
        rig.Publish(PortProtocol.Tcp, 8082, 81, hides: true);
        rig.SetTask(2, 21, isServing: false);
        rig.ApplyToAll();
        rig.Hosts[0].Space.Run("nft", $"delete table inet {rig.Hosts[0].Table}");
        Assert.Equal(1, rig.Hosts[0].Repair());
        Assert.Equal("and on", connection.Ask("and on"));
        Assert.Equal(["t11 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8081, 10).Distinct());
    }

    [Fact]
    public void Nobody_gets_to_a_task_but_by_a_published_port_and_the_rules_of_the_owner_come_first()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(1, 11).ServeTcp(80).ServeTcp(99);
        rig.AddTask(2, 21, hasOtherDefaultRoute: false).ServeTcp(80).ServeTcp(99);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.ApplyToAll();
        rig.ClientSpace.Run("ip", "route", "add", "10.0.0.0/24", "via", "10.99.0.1");
        Assert.True(MeshRig.IsSilent(rig.ClientSpace, "10.0.0.11", 99));
        Assert.True(MeshRig.IsSilent(rig.ClientSpace, "10.0.0.21", 99));

        MeshHost host = rig.Hosts[0];
        host.Space.Run(
            "nft", $"add rule inet {host.UserTable} skep-user ip saddr 10.99.0.100 meta l4proto tcp "
                + "ct original proto-dst 8080 drop");
        Assert.True(MeshRig.IsSilent(rig.ClientSpace, "10.99.0.1", 8080));
        Assert.Equal(2, MeshRig.Call(rig.ClientSpace, "10.99.0.2", 8080, Many).Distinct().Count());
        host.Restart();
        host.Apply(rig.State);
        Assert.Contains(
            "ct original proto-dst 8080 drop",
            host.Space.Run("nft", $"list table inet {host.UserTable}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_checks_reverse_paths_or_was_restarted_answers_all_the_same()
    {
        using var rig = new MeshRig(2);
        foreach (MeshHost host in rig.Hosts)
        {
            host.Space.Run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.default.rp_filter=1");
        }

        rig.AddTask(2, 21).ServeTcp(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.ApplyToAll();
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, 5).Distinct());
        Assert.Equal("1", rig.Hosts[1].Space.Run("sysctl", "-n", "net.ipv4.conf.eth0.rp_filter").Trim());

        // Whoever comes after a crash finds the way as it was left, and touches nothing.
        rig.Hosts[0].Restart();
        rig.Hosts[0].Apply(rig.State);
        Assert.Equal(0, rig.Hosts[0].Repair());
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, 5).Distinct());
    }

    [Fact]
    public void Tunnel_packets_of_strangers_are_dropped_and_a_node_that_leaves_is_one()
    {
        using var rig = new MeshRig(2);
        rig.AddTask(2, 21).ServeTcp(80);
        rig.Publish(PortProtocol.Tcp, 8080, 80);
        rig.ApplyToAll();
        Assert.Equal(["t21 10.99.0.100"], MeshRig.Call(rig.ClientSpace, "10.99.0.1", 8080, 5).Distinct());
        MeshHost left = rig.Hosts[0], stays = rig.Hosts[1];
        stays.Apply(rig.State with { Peers = rig.State.Peers.Remove(left.Node) });
        Assert.True(MeshRig.IsSilent(rig.ClientSpace, "10.99.0.1", 8080));
        Assert.DoesNotContain("100.64.0.1", stays.Space.Run("ip", "neigh"), StringComparison.Ordinal);
        Assert.DoesNotContain("10000:", stays.Space.Run("ip", "rule"), StringComparison.Ordinal);
    }
}
