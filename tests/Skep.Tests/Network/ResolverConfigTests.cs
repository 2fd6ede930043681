using Skep.Agent.Network;

namespace Skep.Tests.Network;

public class ResolverConfigTests
{
    private const string Host = "# made by hand\nnameserver 127.0.0.53\nnameserver 192.0.2.7\nnameserver fd00::7\n"
        + "search corp.example\noptions edns0 trust-ad\n";

    private static readonly SandboxRequest Plain = EngineHost.Request("web");

    [Fact]
    public void On_the_default_bridge_the_hosts_own_resolver_is_left_out() =>
        Assert.Equal(
            "nameserver 192.0.2.7\nsearch corp.example\noptions edns0 trust-ad\n",
            ResolverConfig.Read(Host).With(new NetworkOptions(), Plain).ForDefaultBridge(hasIPv6: false).Text());

    [Fact]
    public void With_nothing_left_the_well_known_ones_stand_in() =>
        Assert.Equal(
            "nameserver 8.8.8.8\nnameserver 8.8.4.4\n",
            ResolverConfig.Read("nameserver 127.0.0.1\n").ForDefaultBridge(hasIPv6: true).Text());

    [Fact]
    public void On_networks_of_users_our_resolver_asks_in_the_containers_stead()
    {
        ResolverConfig config = ResolverConfig.Read(Host).With(new NetworkOptions(), Plain);
        Assert.Equal(
            "nameserver 127.0.0.11\nsearch corp.example\noptions edns0 trust-ad ndots:0\n",
            config.ForOwnResolver().Text());
        Assert.Equal(["127.0.0.53", "192.0.2.7", "fd00::7"], config.Upstreams.Select(s => s.ToString()));
    }

    [Fact]
    public void The_container_wins_over_the_daemon_and_the_daemon_over_the_host()
    {
        var daemon = new NetworkOptions { DnsServers = ["10.0.0.1"], DnsSearch = ["daemon.example"] };
        SandboxRequest container = Plain with { Dns = ["127.0.0.1"], DnsOptions = ["ndots:3"] };
        ResolverConfig config = ResolverConfig.Read(Host).With(daemon, container);
        Assert.Equal(
            "nameserver 127.0.0.1\nsearch daemon.example\noptions ndots:3\n",
            config.ForDefaultBridge(hasIPv6: false).Text());
        Assert.True(config.IsNdotsChosen);
        Assert.Equal("nameserver 10.0.0.1\nsearch daemon.example\noptions edns0 trust-ad\n",
            ResolverConfig.Read(Host).With(daemon, Plain).ForDefaultBridge(hasIPv6: false).Text());
    }

    [Fact]
    public void A_single_dot_as_search_domain_means_none() =>
        Assert.Equal(
            "nameserver 192.0.2.7\noptions edns0 trust-ad\n",
            ResolverConfig.Read(Host).With(new NetworkOptions(), Plain with { DnsSearch = ["."] })
                .ForDefaultBridge(hasIPv6: false).Text());
}
