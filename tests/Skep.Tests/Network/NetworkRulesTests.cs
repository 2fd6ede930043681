using System.Net;
using System.Net.NetworkInformation;
using Skep.Agent.Network;
using Skep.Agent.Network.Kernel;
using Skep.Docker.Engine;
using Skep.Linux.Netlink;
using Skep.Swarm;

namespace Skep.Tests.Network;

public class NetworkRulesTests
{
    private static readonly LinkNames Names = new("abc123");

    [Theory]
    [InlineData("10.0.0.1/24", null, null, "invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24")]
    [InlineData("10.0.0", null, null, "invalid subnet 10.0.0: invalid CIDR block notation")]
    [InlineData("10.0.0.0/24", "10.0.0.0/16", null,
        "invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24")]
    [InlineData("10.0.0.0/24", "10.0.1.0/25", null,
        "invalid ip-range 10.0.1.0/25: parent subnet 10.0.0.0/24 doesn't contain ip-range")]
    [InlineData("10.0.0.0/24", null, "10.0.1.1",
        "invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24 doesn't contain this address")]
    [InlineData("10.0.0.0/24", null, "fd00::1", "invalid gateway fd00::1: parent subnet is an IPv4 block")]
    public void A_subnet_that_cannot_be_is_refused_in_Dockers_words(
        string subnet, string? range, string? gateway, string words)
    {
        var request = new CreateNetworkRequest
        {
            Name = "app",
            Ipam = new Ipam { Config = [new IpamConfig { Subnet = subnet, IPRange = range, Gateway = gateway }] },
        };
        var refusal = Assert.Throws<RefusedException>(() => NetworkRequests.Validate(request));
        Assert.Equal((ErrorKind.Invalid, "invalid network config:\n" + words), (refusal.Kind, refusal.Message));
    }

    [Theory]
    [InlineData("bridge", null, ErrorKind.Forbidden, "operation is not permitted on predefined bridge network")]
    [InlineData("x", "host", ErrorKind.Forbidden, "only one instance of \"host\" network is allowed")]
    [InlineData("x", "weave", ErrorKind.NotFound, "plugin \"weave\" not found")]
    [InlineData(" ", null, ErrorKind.Invalid, "invalid name:  ")]
    public void A_network_that_cannot_be_is_refused(string name, string? driver, ErrorKind kind, string words)
    {
        var refusal = Assert.Throws<RefusedException>(
            () => NetworkRequests.Validate(new CreateNetworkRequest { Name = name, Driver = driver }));
        Assert.Equal((kind, words), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public void A_name_wins_over_the_beginning_of_an_id_and_two_beginnings_are_ambiguous()
    {
        NetworkRecord[] networks = [Network("ab11", "web"), Network("ab22", "ab1"), Network("ab33", "app")];
        Assert.Equal("ab22", NetworkNames.Resolve(networks, "ab1").Id);
        Assert.Equal("ab33", NetworkNames.Resolve(networks, "ab3").Id);
        Assert.Equal("ab11", NetworkNames.Resolve(networks, "web").Id);
        Assert.Equal(
            "network ab is ambiguous (3 matches found based on ID prefix)",
            Assert.Throws<RefusedException>(() => NetworkNames.Resolve(networks, "ab")).Message);
        Assert.Equal(
            "network zz not found",
            Assert.Throws<RefusedException>(() => NetworkNames.Resolve(networks, "zz")).Message);
        Assert.Throws<RefusedException>(() => NetworkNames.Resolve(networks, ""));
    }

    [Fact]
    public void The_way_out_is_the_first_network_by_name_that_is_not_internal()
    {
        NetworkRecord[] networks =
        [
            Network("1", "zebra"), Network("2", "ant") with { IsInternal = true }, Network("3", "bee"),
        ];
        EndpointRecord[] endpoints =
        [
            .. networks.Select(n => new EndpointRecord { EndpointId = n.Id, NetworkId = n.Id, Settings = new() }),
        ];
        Assert.Equal("3", EndpointRules.FindGateway(endpoints, id => networks.Single(n => n.Id == id))?.EndpointId);
        Assert.Null(EndpointRules.FindGateway([endpoints[1]], id => networks.Single(n => n.Id == id)));
    }

    [Fact]
    public void Fixed_addresses_and_aliases_are_for_networks_of_users()
    {
        NetworkRecord bridge = Network("1", "bridge");
        var settings = new EndpointSettings
        {
            Aliases = ["db"], IpamConfig = new EndpointIpam { IPv4Address = "10.0.0.9" },
        };
        Assert.Equal(
            "invalid endpoint settings:\n"
            + "user specified IP address is supported on user defined networks only\n"
            + "network-scoped alias is supported only for containers in user defined networks\n"
            + "user specified IP address is supported only when connecting to networks with user configured subnets",
            Assert.Throws<RefusedException>(() => EndpointRules.Validate(bridge, settings)).Message);
    }

    [Fact]
    public void What_has_our_mark_and_no_owner_is_removed_and_nothing_else()
    {
        Link[] links =
        [
            Link(1, "lo"), Link(2, "skbabc1230"), Link(3, "skbabc123ffffff"), Link(4, "skvabc123000001"),
            Link(5, "skvabc123000002"), Link(6, "skbdef4560"), Link(7, "docker0"),
        ];
        var bridge = new WantedBridge("skbabc1230", PhysicalAddress.None, 1500, [], IsForeign: false);
        LinkPlan plan = LinkPlan.Decide(links, [], [bridge], ["skvabc123000001", "skvabc123000009"], Names);

        Assert.Equal(["skbabc123ffffff", "skvabc123000002"], plan.Remove.Select(l => l.Name));
        Assert.Empty(plan.Create);
        Assert.Equal("skbabc1230", Assert.Single(plan.Adopt).Bridge.Name);
        Assert.Equal(["skvabc123000009"], plan.LostOuterLinks);
    }

    [Fact]
    public void A_bridge_of_ours_loses_addresses_of_another_time_and_a_foreign_one_keeps_them()
    {
        Link link = Link(2, "skbabc1230") with { Mtu = 9000, IsUp = false };
        LinkAddress[] addresses =
        [
            new(2, IPAddress.Parse("172.17.0.1"), 16), new(2, IPAddress.Parse("fe80::1"), 64),
            new(3, IPAddress.Parse("10.0.0.1"), 8),
        ];
        var wanted = new WantedBridge(
            "skbabc1230", PhysicalAddress.None, 1500, [(IPAddress.Parse("10.5.0.1"), 24)], IsForeign: false);
        BridgeRepair ours = BridgeRepair.Decide(wanted, link, addresses);
        Assert.Equal("172.17.0.1", Assert.Single(ours.Excess).Address.ToString());
        Assert.Equal("10.5.0.1", Assert.Single(ours.Missing).Address.ToString());
        Assert.True(ours.NeedsMtu && ours.NeedsUp);

        BridgeRepair foreign = BridgeRepair.Decide(wanted with { IsForeign = true }, link, addresses);
        Assert.Empty(foreign.Excess);
        Assert.False(foreign.NeedsMtu);
    }

    [Fact]
    public void Link_names_fit_into_what_Linux_allows() =>
        Assert.All(
            [Names.DefaultBridge, Names.BridgeOf(new string('f', 64)), Names.OuterOf(new string('f', 64))],
            name => Assert.InRange(name.Length, 1, 15));

    private static NetworkRecord Network(string id, string name) => new()
    {
        Id = id, Name = name, Driver = NetworkRecord.Bridge, Created = DateTimeOffset.UnixEpoch,
    };

    private static Link Link(int index, string name) =>
        new(index, name, "bridge", 0, IsUp: true, 1500, PhysicalAddress.None);
}
