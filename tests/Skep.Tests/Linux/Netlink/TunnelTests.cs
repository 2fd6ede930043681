using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;
using Skep.Linux;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Linux.Netlink;

/// <summary>What ip and bridge say about the VXLAN devices that our own messages made.</summary>
public class TunnelTests
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("02-42-0A-00-00-01");
    private static readonly PhysicalAddress Far = PhysicalAddress.Parse("02-42-0A-00-00-07");
    private static readonly IPAddress Local = IPAddress.Parse("127.0.0.1");

    [Fact]
    public void A_tunnel_is_born_in_another_namespace_and_its_socket_stays()
    {
        using var host = new TestNamespace();
        using var space = new TestNamespace();
        using RouteSocket inside = space.Enter(() => new RouteSocket());
        AddTunnel(host, space);

        string details = space.Run("ip", "-d", "link", "show", "vx0");

        // Each release of ip has an order of its own.
        Assert.All(
            (string[])["vxlan id 4242 ", " local 127.0.0.1 ", " dstport 4799 ", " nolearning ", " proxy "],
            word => Assert.Contains(word, details, StringComparison.Ordinal));
        Assert.Equal(new VxlanFacts(4242, Local, 4799), inside.FindVxlan("vx0"));
        Assert.Null(inside.FindVxlan("lo"));
        Assert.Null(inside.FindVxlan("vx1"));
        inside.Apply(new RouteBatch().SetUp(inside.FindLink("vx0")));
        Assert.Contains(":4799", host.Run("ss", "-uln"), StringComparison.Ordinal);
        Assert.DoesNotContain(":4799", space.Run("ss", "-uln"), StringComparison.Ordinal);
    }

    [Fact]
    public void Forwarding_entries_and_neighbours_are_set_replaced_listed_and_removed()
    {
        using var host = new TestNamespace();
        using var space = new TestNamespace();
        using RouteSocket inside = space.Enter(() => new RouteSocket());
        AddTunnel(host, space);
        int tunnel = inside.FindLink("vx0");
        inside.Apply(new RouteBatch().AddPlainBridge("br0", Mac, 1400));
        inside.Apply(new RouteBatch().SetBridge(tunnel, inside.FindLink("br0")).StopLearning(tunnel).SetUp(tunnel));
        Assert.Contains(
            "learning off", space.Run("bridge", "-d", "link", "show", "dev", "vx0"), StringComparison.Ordinal);

        IPAddress first = IPAddress.Parse("10.9.0.1"), second = IPAddress.Parse("10.9.0.2");
        IPAddress far = IPAddress.Parse("10.0.0.7"), far6 = IPAddress.Parse("fd00::7");
        inside.Apply(new RouteBatch().AddForwarding(tunnel, Far, first).AddForwarding(tunnel, Far, second)
            .AddNeighbour(tunnel, far, Far).AddNeighbour(tunnel, far6, Far));

        string entries = space.Run("bridge", "fdb", "show", "dev", "vx0");
        Assert.Contains("02:42:0a:00:00:07 dst 10.9.0.2 link-netnsid 0 self static", entries, StringComparison.Ordinal);
        Assert.Contains("02:42:0a:00:00:07 master br0 static", entries, StringComparison.Ordinal);
        Assert.DoesNotContain("10.9.0.1", entries, StringComparison.Ordinal);
        Assert.Equal(
            [new Forwarding(tunnel, Far, null), new Forwarding(tunnel, Far, second)],
            inside.ListForwardings().OrderBy(f => f.Host is not null));
        Assert.Equal(
            [new Neighbour(tunnel, far, Far), new Neighbour(tunnel, far6, Far)],
            inside.ListPermanentNeighbours().OrderBy(n => n.Address.AddressFamily));

        inside.Apply(new RouteBatch().RemoveForwarding(tunnel, Far)
            .RemoveNeighbour(tunnel, far).RemoveNeighbour(tunnel, far6));
        Assert.Empty(inside.ListForwardings());
        Assert.Empty(inside.ListPermanentNeighbours());
        Assert.Equal(
            Errno.ENOENT,
            Assert.Throws<ErrnoException>(() => inside.Apply(new RouteBatch().RemoveForwarding(tunnel, Far))).Errno);
    }

    private static void AddTunnel(TestNamespace host, TestNamespace space)
    {
        using RouteSocket outside = host.Enter(() => new RouteSocket());
        using SafeFileHandle file = NetworkNamespace.Open(space.Path);
        outside.Apply(new RouteBatch().AddVxlan(new VxlanDevice(
            "vx0", 4242, Local, 4799, 1350, AnswersForOthers: true, (int)file.DangerousGetHandle(), Mac: null)));
    }
}
