using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;
using Skep.Linux;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Linux.Netlink;

/// <summary>What ip says about what our own messages did.</summary>
public class RouteSocketTests
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("02-42-0A-00-00-01");

    [Fact]
    public void A_bridge_a_pair_addresses_and_routes_are_made()
    {
        using var outer = new TestNamespace();
        using var inner = new TestNamespace();
        using RouteSocket route = outer.Enter(() => new RouteSocket());
        route.Apply(new RouteBatch().AddBridge("br0", Mac, 1400));
        int bridge = route.FindLink("br0");
        using (SafeFileHandle file = NetworkNamespace.Open(inner.Path))
        {
            route.Apply(new RouteBatch().AddVeth(
                new VethPair("out0", bridge, "eth0", Mac, (int)file.DangerousGetHandle(), 1400)));
        }

        int port = route.FindLink("out0");
        route.Apply(new RouteBatch()
            .AddAddress(bridge, IPAddress.Parse("10.0.0.1"), 24)
            .AddAddress(bridge, IPAddress.Parse("fd00::1"), 64)
            .SetHairpin(port)
            .SetIsolated(port));
        using RouteSocket inside = inner.Enter(() => new RouteSocket());
        int eth0 = inside.FindLink("eth0");
        inside.Apply(new RouteBatch()
            .AddAddress(eth0, IPAddress.Parse("10.0.0.2"), 24)
            .SetUp(eth0)
            .AddDefaultRoute(IPAddress.Parse("10.0.0.1"), eth0)
            .AddNeighbour(eth0, IPAddress.Parse("10.0.0.9"), Mac));

        Assert.Contains("mtu 1400", outer.Run("ip", "link", "show", "br0"), StringComparison.Ordinal);
        Assert.Contains("02:42:0a:00:00:01", outer.Run("ip", "link", "show", "br0"), StringComparison.Ordinal);
        Assert.Contains("inet6 fd00::1/64 scope global nodad", outer.Run("ip", "addr"), StringComparison.Ordinal);
        string details = outer.Run("ip", "-d", "link", "show", "out0");
        Assert.Contains("master br0", details, StringComparison.Ordinal);
        Assert.Contains("hairpin on", details, StringComparison.Ordinal);
        Assert.Contains("isolated on", details, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2/24 brd 10.0.0.255", inner.Run("ip", "addr"), StringComparison.Ordinal);
        Assert.Equal("default via 10.0.0.1 dev eth0 \n", inner.Run("ip", "route", "show", "default"));
        Assert.Contains("10.0.0.9 dev eth0 lladdr 02:42:0a:00:00:01 PERMANENT",
            inner.Run("ip", "neigh"), StringComparison.Ordinal);
        inside.Apply(new RouteBatch().RemoveDefaultRoute(IPAddress.Parse("10.0.0.1"), eth0));
        Assert.Equal("", inner.Run("ip", "route", "show", "default"));
    }

    [Fact]
    public void Links_are_changed_moved_and_removed()
    {
        using var here = new TestNamespace();
        using var there = new TestNamespace();
        using RouteSocket route = here.Enter(() => new RouteSocket());
        route.Apply(new RouteBatch().AddBridge("br0", Mac, 1500).AddBridge("br1", Mac, 1500));
        int first = route.FindLink("br0");
        route.Apply(new RouteBatch()
            .SetUp(first, isUp: false)
            .Rename(first, "br9")
            .SetMtu(first, 1300)
            .SetMac(first, PhysicalAddress.Parse("02-42-0A-00-00-09"))
            .SetUp(first));
        Link changed = route.ListLinks().Single(l => l.Name == "br9");
        Assert.Equal(("bridge", 1300, true), (changed.Kind, changed.Mtu, changed.IsUp));
        Assert.Equal("02420A000009", changed.Mac.ToString());

        here.Run("ip", "link", "add", "side0", "type", "veth");
        int side = route.FindLink("side0");
        route.Apply(new RouteBatch().SetBridge(side, first));
        Assert.Equal(first, route.ListLinks().Single(l => l.Name == "side0").Bridge);
        using (SafeFileHandle file = NetworkNamespace.Open(there.Path))
        {
            route.Apply(new RouteBatch().SetBridge(side, 0)
                .MoveToNamespace(side, (int)file.DangerousGetHandle()));
        }

        Assert.Contains("side0", there.Run("ip", "link"), StringComparison.Ordinal);
        route.Apply(new RouteBatch().RemoveLink(first, "br9"));
        Assert.Equal(0, route.FindLink("br9"));
    }

    [Fact]
    public void Links_are_removed_together_and_others_stay()
    {
        using var here = new TestNamespace();
        using RouteSocket route = here.Enter(() => new RouteSocket());
        foreach (string name in new[] { "one0", "two0", "three0", "four0" })
        {
            here.Run("ip", "link", "add", name, "type", "veth", "peer", "name", name + "-peer");
        }

        route.RemoveLinks([]);
        route.RemoveLinks(["one0", "missing", "two0"]);
        Assert.Equal(
            ["four0", "four0-peer", "three0", "three0-peer"],
            route.ListLinks().Where(l => l.Kind == "veth").Select(l => l.Name).Order(StringComparer.Ordinal));
        route.RemoveLinks(["three0"]);
        route.RemoveLinks(["three0", "four0"]);
        Assert.DoesNotContain(route.ListLinks(), l => l.Kind == "veth");
    }

    [Fact]
    public void What_the_kernel_lists_is_read()
    {
        using var here = new TestNamespace();
        here.Run("ip", "link", "add", "d0", "type", "veth", "peer", "name", "d1");
        here.Run("ip", "link", "set", "d0", "up");
        here.Run("ip", "link", "set", "d1", "up");
        here.Run("ip", "addr", "add", "10.3.0.1/16", "dev", "d0");
        here.Run("ip", "route", "add", "10.9.0.0/20", "via", "10.3.0.7");
        using RouteSocket route = here.Enter(() => new RouteSocket());
        int index = route.FindLink("d0");

        Assert.Contains(new LinkAddress(index, IPAddress.Parse("10.3.0.1"), 16), route.ListAddresses());
        Assert.Contains(
            new Route(IPAddress.Parse("10.9.0.0"), 20, IPAddress.Parse("10.3.0.7"), index), route.ListRoutes());
        Assert.Contains(new Route(IPAddress.Parse("10.3.0.0"), 16, null, index), route.ListRoutes());
    }

    [Fact]
    public void Five_hundred_links_are_listed_whole()
    {
        using var here = new TestNamespace();
        using RouteSocket route = here.Enter(() => new RouteSocket());
        var batch = new RouteBatch();
        for (int i = 0; i < 500; i++)
        {
            batch.AddBridge($"br{i}", Mac, 1500);
        }

        route.Apply(batch);
        Assert.Equal(500, route.ListLinks().Count(l => l.Kind == "bridge"));
    }

    [Fact]
    public void A_refusal_names_the_operation_and_the_others_still_happen()
    {
        using var here = new TestNamespace();
        using RouteSocket route = here.Enter(() => new RouteSocket());
        var refusal = Assert.Throws<ErrnoException>(() => route.Apply(new RouteBatch()
            .AddBridge("br0", Mac, 1500)
            .SetUp(9999)
            .AddBridge("br1", Mac, 1500)));
        Assert.StartsWith("set link 9999 up", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.ENODEV, refusal.Errno);
        Assert.NotEqual(0, route.FindLink("br1"));
        Assert.Equal(Errno.EEXIST, Assert.Throws<ErrnoException>(
            () => route.Apply(new RouteBatch().AddBridge("br0", Mac, 1500))).Errno);
    }
}
