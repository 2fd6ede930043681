using System.Collections.Immutable;
using System.Net;
using Skep.Swarm;
using Skep.SwarmMode;

namespace Skep.Tests.SwarmMode;

public class AddressChoiceTests
{
    private static readonly ImmutableArray<SystemInterface> OneCard =
    [
        Interface("lo", true, "127.0.0.1", "::1"),
        Interface("eth0", true, "192.0.2.7", "fe80::1"),
        Interface("br-1", false, "172.17.0.1"),
    ];

    private static readonly ImmutableArray<SystemInterface> TwoCards =
        [.. OneCard, Interface("eth1", true, "198.51.100.7")];

    private static readonly ImmutableArray<SystemInterface> NoCard =
    [
        Interface("lo", true, "127.0.0.1"),
        Interface("veth0", false, "10.1.0.2"),
        Interface("br-1", false, "172.17.0.1"),
    ];

    [Fact]
    public void The_only_address_is_advertised()
    {
        Assert.Equal("192.0.2.7:2377", Choose(OneCard).Advertise("", 2377).ToString());
    }

    [Fact]
    public void An_interface_is_known_by_the_address_that_other_links_can_reach()
    {
        ImmutableArray<SystemInterface> card = [Interface("eth0", true, "fe80::1", "fd00::7")];
        Assert.Equal("[fd00::7]:2377", Choose(card).Advertise("eth0", 2377).ToString());
        Assert.Equal("fd00::7", Choose(card).DataPath("eth0"));
        Assert.Equal(
            "interface eth0 has no usable IPv4 or IPv6 address",
            Assert.Throws<RefusedException>(
                () => Choose([Interface("eth0", true, "fe80::1")]).Advertise("eth0", 2377)).Message);
    }

    [Fact]
    public void A_machine_without_hardware_advertises_what_no_container_network_has()
    {
        Assert.Equal("10.1.0.2:2377", Choose(NoCard).Advertise("", 2377).ToString());
    }

    [Fact]
    public void Of_two_addresses_none_is_chosen()
    {
        Assert.Equal(
            "could not choose an IP address to advertise since this system has multiple addresses on different " +
            "interfaces (192.0.2.7 on eth0 and 198.51.100.7 on eth1)",
            Refusal(() => Choose(TwoCards).Advertise("", 2377)));
    }

    [Theory]
    [InlineData("eth1", "198.51.100.7:2377")]
    [InlineData("eth1:4000", "198.51.100.7:4000")]
    [InlineData("203.0.113.9", "203.0.113.9:2377")]
    [InlineData("[2001:db8::1]:4000", "[2001:db8::1]:4000")]
    [InlineData("2001:db8::1", "[2001:db8::1]:2377")]
    public void Advertise_takes_interfaces_and_addresses_with_and_without_a_port(string wanted, string chosen)
    {
        Assert.Equal(chosen, Choose(TwoCards).Advertise(wanted, 2377).ToString());
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("no-such-card")]
    public void Advertise_refuses_what_nobody_can_reach(string wanted)
    {
        Assert.Equal(
            "advertise address must be a non-zero IP address or network interface (with optional port number)",
            Refusal(() => Choose(OneCard).Advertise(wanted, 2377)));
    }

    [Fact]
    public void The_daemons_default_comes_before_a_search()
    {
        Assert.Equal("198.51.100.7:2377", Choose(TwoCards, "eth1").Advertise("", 2377).ToString());
    }

    [Theory]
    [InlineData("0.0.0.0:2377", "0.0.0.0:2377")]
    [InlineData("tcp://0.0.0.0", "0.0.0.0:2377")]
    [InlineData("eth0:99", "192.0.2.7:99")]
    public void Listen_takes_any_address_too(string wanted, string chosen)
    {
        Assert.Equal(chosen, Choose(OneCard).Listen(wanted).ToString());
    }

    [Theory]
    [InlineData("", "invalid ListenAddr \"\": invalid empty address")]
    [InlineData("eth0:70000", "invalid port in address eth0:70000: give a number from 1 to 65535")]
    [InlineData(
        "nowhere", "listen address must be an IP address or network interface (with optional port number)")]
    public void Listen_refuses_what_it_cannot_bind(string wanted, string refusal)
    {
        Assert.Equal(refusal, Refusal(() => Choose(OneCard).Listen(wanted)));
    }

    [Fact]
    public void A_joining_node_advertises_nothing_unless_told()
    {
        Assert.Null(Choose(TwoCards).AdvertiseOnJoin("", 2377));
        Assert.Equal("192.0.2.7:2377", Choose(TwoCards).AdvertiseOnJoin("eth0", 2377).ToString());
    }

    [Fact]
    public void An_advertised_address_of_another_machine_leaves_the_local_one_to_be_found()
    {
        HostPort anywhere = new("0.0.0.0", 2377), elsewhere = new("203.0.113.9", 2377);
        Assert.Equal("192.0.2.7", Choose(OneCard).Local(anywhere, elsewhere));
        Assert.StartsWith(
            "must specify a listening address",
            Refusal(() => Choose(TwoCards).Local(anywhere, elsewhere)),
            StringComparison.Ordinal);
    }

    private static AddressChoice Choose(ImmutableArray<SystemInterface> interfaces, string fallback = "") =>
        new(interfaces, [IPNetwork.Parse("172.17.0.0/16")], fallback);

    private static string Refusal(Action choice) => Assert.Throws<RefusedException>(choice).Message;

    private static SystemInterface Interface(string name, bool isHardware, params string[] addresses) =>
        new(name, isHardware, true, [.. addresses.Select(IPAddress.Parse)]);
}
