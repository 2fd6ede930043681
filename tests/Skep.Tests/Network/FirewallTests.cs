using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Kernel;
using Skep.Agent.Network.Ports;
using Skep.Linux.Nftables;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network;

/// <summary>What nft says about the table that our own messages made.</summary>
public class FirewallTests
{
    private static readonly FirewallBridge[] Bridges =
    [
        new("skb1234560", IsInternal: false, AllowsBetweenContainers: true, Masquerades: true,
            [Subnet.Parse("172.17.0.0/16")]),
        new("skb123456aaaaaa", IsInternal: false, AllowsBetweenContainers: false, Masquerades: true,
            [Subnet.Parse("172.18.0.0/16"), Subnet.Parse("fd00:1::/64")]),
        new("skb123456bbbbbb", IsInternal: true, AllowsBetweenContainers: true, Masquerades: true,
            [Subnet.Parse("10.5.0.0/24")]),
    ];

    private static readonly FirewallPort Web = new(
        new PublishedPort(PortProtocol.Tcp, IPAddress.Any, 8080, 80), IPAddress.Parse("172.17.0.2"));

    private static readonly FirewallPort Private = new(
        new PublishedPort(PortProtocol.Udp, IPAddress.Loopback, 5353, 53), IPAddress.Parse("172.17.0.3"));

    private static readonly FirewallPort Six = new(
        new PublishedPort(PortProtocol.Tcp, IPAddress.IPv6Any, 8443, 443), IPAddress.Parse("fd00:1::2"));

    [Fact]
    public void The_table_reads_in_nft_as_it_was_meant()
    {
        using var space = new TestNamespace();
        using NftSocket nft = space.Enter(() => new NftSocket());
        nft.Apply(Firewall.Replace("skep-123456", Bridges, [Web, Private, Six]));

        // In numbers: releases of nft name other priorities than others, and protocols only where a list of them is.
        GoldenText.Check(
            "Network/firewall.nft",
            space.Run("nft", "-y", "-p", "list", "table", "inet", "skep-123456"));
    }

    [Fact]
    public void Replacing_the_table_twice_leaves_it_the_same()
    {
        using var space = new TestNamespace();
        using NftSocket nft = space.Enter(() => new NftSocket());
        nft.Apply(Firewall.Replace("skep-123456", Bridges, [Web]));
        string first = space.Run("nft", "list", "ruleset");
        nft.Apply(Firewall.Replace("skep-123456", Bridges, [Web]));

        Assert.Equal(first, space.Run("nft", "list", "ruleset"));
    }

    [Fact]
    public void Ports_come_and_go_without_a_trace()
    {
        using var space = new TestNamespace();
        using NftSocket nft = space.Enter(() => new NftSocket());
        nft.Apply(Firewall.Replace("skep-123456", Bridges, []));
        string before = space.Run("nft", "list", "ruleset");
        nft.Apply(Firewall.Publish("skep-123456", [Web, Private, Six]));
        Assert.NotEqual(before, space.Run("nft", "list", "ruleset"));
        nft.Apply(Firewall.Unpublish("skep-123456", [Web, Private, Six]));

        Assert.Equal(before, space.Run("nft", "list", "ruleset"));
        nft.Apply(Firewall.Remove("skep-123456"));
        Assert.Equal("", space.Run("nft", "list", "ruleset"));
        Assert.Empty(nft.ListTables(NftFamily.Inet));
    }

    [Fact]
    public void A_refused_change_names_itself_and_changes_nothing()
    {
        using var space = new TestNamespace();
        using NftSocket nft = space.Enter(() => new NftSocket());
        nft.Apply(Firewall.Replace("skep-123456", Bridges, [Web]));
        string before = space.Run("nft", "list", "ruleset");

        var refusal = Assert.Throws<Skep.Linux.ErrnoException>(
            () => nft.Apply(Firewall.Unpublish("skep-123456", [Web, Private])));
        Assert.Contains("remove from set ports-by-address4", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, space.Run("nft", "list", "ruleset"));
    }

    [Fact]
    public void A_host_filter_that_drops_lets_our_links_pass_and_stays_readable()
    {
        using var space = new TestNamespace();
        space.Run("nft", "add", "table", "ip", "filter");
        space.Run("nft", "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }");
        string before = space.Run("nft", "list", "ruleset");
        using NftSocket nft = space.Enter(() => new NftSocket());
        var chain = new NftForeignChain(nft, NftFamily.IPv4, "filter", "FORWARD");
        Assert.True(chain.AcceptLinks("skb123456"));
        Assert.True(chain.AcceptLinks("skb123456"));

        string rules = space.Run("nft", "list", "chain", "ip", "filter", "FORWARD");
        Assert.Single(rules.Split('\n'), l => l.Contains("iifname \"skb123456*\" counter packets 0 bytes 0 accept"));
        Assert.Single(rules.Split('\n'), l => l.Contains("oifname \"skb123456*\" counter packets 0 bytes 0 accept"));
        chain.ForgetLinks("skb123456");
        Assert.Equal(before, space.Run("nft", "list", "ruleset"));
        Assert.False(new NftForeignChain(nft, NftFamily.IPv6, "filter", "FORWARD").AcceptLinks("skb123456"));
    }

    [Fact]
    public void Four_thousand_ports_fit_in_one_batch()
    {
        using var space = new TestNamespace();
        using NftSocket nft = space.Enter(() => new NftSocket());
        FirewallPort[] ports = Enumerable.Range(1, 4000)
            .Select(i => new FirewallPort(
                new PublishedPort(PortProtocol.Tcp, IPAddress.Any, i, i), IPAddress.Parse("172.17.0.2")))
            .ToArray();
        nft.Apply(Firewall.Replace("skep-123456", Bridges, ports));

        string map = space.Run("nft", "list", "map", "inet", "skep-123456", "ports4");
        Assert.Equal(4000, map.Split(" : ").Length - 2);
    }
}
