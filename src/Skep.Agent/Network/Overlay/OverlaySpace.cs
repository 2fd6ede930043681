using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;
using Skep.Agent.Network.Kernel;
using Skep.Linux;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Swarm;

namespace Skep.Agent.Network.Overlay;

/// <summary>The namespace of one overlay network from the outside. Holds no decision; not thread-safe.</summary>
internal sealed class OverlaySpace : IDisposable
{
    private const string Bridge = "br0", Tunnel = "vx0";

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly RouteSocket route;

    // The kernel takes long over the end of a link, so this is done by whoever needs not wait for the others.
    private readonly RouteSocket removals;

    private OverlaySpace(NetworkRecord network, string path, RouteSocket route, RouteSocket removals)
    {
        Network = network;
        this.path = path;
        this.route = route;
        this.removals = removals;
        file = NetworkNamespace.Open(path);
    }

    public NetworkRecord Network { get; }

    /// <summary>What is set as far as we know.</summary>
    public OverlayEntries Known { get; private set; } = OverlayEntries.None;

    /// <summary>Its devices are as they should be, as far as we know.</summary>
    public bool IsWhole { get; set; }

    public static OverlaySpace Create(NetworkRecord network, string path)
    {
        (RouteSocket route, RouteSocket removals) = NetworkNamespace.Create(path, () =>
        {
            if (network.EnableIPv6)
            {
                InsideNamespace.SetSysctl("net/ipv6/conf/default/accept_ra", "0");
                InsideNamespace.SetSysctl("net/ipv6/conf/default/accept_dad", "0");
            }
            else
            {
                InsideNamespace.SetSysctl("net/ipv6/conf/default/disable_ipv6", "1");
            }

            PassBridgeFilter();
            return (new RouteSocket(), new RouteSocket());
        });
        return new OverlaySpace(network, path, route, removals);
    }

    /// <summary>One that an earlier daemon made, with all that is in it.</summary>
    public static OverlaySpace Enter(NetworkRecord network, string path)
    {
        (RouteSocket route, RouteSocket removals) =
            NetworkNamespace.Enter(path, () => (new RouteSocket(), new RouteSocket()));
        var space = new OverlaySpace(network, path, route, removals);
        space.Read();
        return space;
    }

    /// <summary>Ends what an earlier daemon left of a network. Its tunnel is gone when this returns.</summary>
    public static void RemoveLeft(string path)
    {
        if (NetworkNamespace.IsMounted(path))
        {
            using RouteSocket route = NetworkNamespace.Enter(path, () => new RouteSocket());
            if (route.FindLink(Tunnel) is > 0 and var tunnel)
            {
                IgnoreMissing(() => route.Apply(new RouteBatch().RemoveLink(tunnel, Tunnel)));
            }
        }

        NetworkNamespace.Remove(path);
    }

    /// <summary>Puts one end of a pair on the network's bridge, and the other one into a container.</summary>
    /// <exception cref="RefusedException">The bridge is not there.</exception>
    public void AddPair(EndpointRecord endpoint, SandboxSpace container)
    {
        // Somebody may have removed it; the next repair makes another.
        Link bridge = route.ListLinks().FirstOrDefault(static one => one.Name == Bridge)
            ?? throw new RefusedException(
                ErrorKind.Unavailable,
                $"the bridge of network {Network.Name} is not there on this node; it is made anew within seconds");
        route.Apply(new RouteBatch().AddVeth(new VethPair(
            endpoint.OuterLink,
            bridge.Index,
            endpoint.InnerLink,
            endpoint.Mac,
            (int)container.File.DangerousGetHandle(), // The caller holds the space until this returns.
            bridge.Mtu)));
    }

    /// <summary>May be called beside the others, but by one at a time.</summary>
    public void RemovePairs(IReadOnlyCollection<string> outerLinks) => removals.RemoveLinks(outerLinks);

    public OverlayDevices ReadDevices()
    {
        IReadOnlyList<Link> links = route.ListLinks();
        return new OverlayDevices(
            links.FirstOrDefault(l => l.Name == Bridge),
            links.FirstOrDefault(l => l.Name == Tunnel),
            route.FindVxlan(Tunnel),
            route.ListAddresses());
    }

    /// <param name="host">A socket in the namespace that VXLAN's packets come from.</param>
    public void Carry(OverlayRepair repair, OverlayWish wish, RouteSocket host)
    {
        if (repair.RemoveTunnel)
        {
            RemoveTunnel();
        }

        if (repair.MakeBridge)
        {
            route.Apply(new RouteBatch().AddPlainBridge(Bridge, wish.BridgeMac, wish.Mtu));
        }

        if (repair.MakeTunnel)
        {
            host.Apply(new RouteBatch().AddVxlan(new VxlanDevice(
                Tunnel, wish.Tunnel!.Identifier, wish.Tunnel.Local!, wish.Tunnel.Port, wish.Mtu,
                AnswersForOthers: true, (int)file.DangerousGetHandle(), Mac: null)));
            Known = OverlayEntries.None;
        }

        CarryRest(repair, wish);
    }

    /// <summary>Sets and removes entries; without a tunnel there is nothing to do yet.</summary>
    public void Carry(OverlayChange change, OverlayEntries wanted)
    {
        int tunnel = change.Count == 0 ? 0 : route.FindLink(Tunnel);
        if (tunnel == 0)
        {
            return;
        }

        IEnumerable<Action<RouteBatch>> additions =
        [
            .. change.AddHosts.Select(h => (Action<RouteBatch>)(b => b.AddForwarding(tunnel, h.Key, h.Value))),
            .. change.AddMacs.Select(m => (Action<RouteBatch>)(b => b.AddNeighbour(tunnel, m.Key, m.Value))),
        ];
        IEnumerable<Action<RouteBatch>> removals =
        [
            .. change.RemoveMacs.Select(m => (Action<RouteBatch>)(b => b.RemoveNeighbour(tunnel, m))),
            .. change.RemoveHosts.Select(h => (Action<RouteBatch>)(b => b.RemoveForwarding(tunnel, h))),
        ];
        foreach (Action<RouteBatch>[] some in additions.Chunk(NetworkLimits.EntriesPerBatch))
        {
            route.Apply(Batch(some));
        }

        foreach (Action<RouteBatch>[] some in removals.Chunk(NetworkLimits.EntriesPerBatch))
        {
            IgnoreMissing(() => route.Apply(Batch(some)));
        }

        Known = wanted;
    }

    /// <summary>Looks at what is really set.</summary>
    public void Read()
    {
        int tunnel = route.FindLink(Tunnel);
        Forwarding[] all = [.. route.ListForwardings().Where(f => f.Link == tunnel && tunnel != 0)];
        HashSet<PhysicalAddress> onBridge = [.. all.Where(f => f.Host is null).Select(f => f.Mac)];
        var hosts = OverlayEntries.None.Hosts.ToBuilder();
        foreach (Forwarding one in all)
        {
            // An entry that only one of the two has is wrong, whatever it says.
            hosts[one.Mac] = one.Host is { } host && onBridge.Contains(one.Mac)
                ? host
                : hosts.TryGetValue(one.Mac, out IPAddress? known) ? known : IPAddress.None;
        }

        Known = new OverlayEntries(
            hosts.ToImmutable(),
            route.ListPermanentNeighbours().Where(n => n.Link == tunnel && !n.Address.IsIPv6Multicast)
                .DistinctBy(n => n.Address).ToImmutableDictionary(n => n.Address, n => n.Mac));
    }

    /// <summary>Ends the network on this node. The tunnel first: its identifier is free when this returns.</summary>
    public void Remove()
    {
        RemoveTunnel();
        NetworkNamespace.Remove(path);
    }

    public void Dispose()
    {
        route.Dispose();
        removals.Dispose();
        file.Dispose();
    }

    private void CarryRest(OverlayRepair repair, OverlayWish wish)
    {
        int bridge = route.FindLink(Bridge), tunnel = route.FindLink(Tunnel);
        var batch = new RouteBatch();
        foreach ((IPAddress address, int prefixBits) in repair.MissingGateways)
        {
            batch.AddAddress(bridge, address, prefixBits);
        }

        if (repair.SetBridgeUp)
        {
            batch.SetUp(bridge);
        }

        if (repair.SetTunnelMtu)
        {
            batch.SetMtu(tunnel, wish.Mtu);
        }

        if (repair.SetBridgeMtu)
        {
            batch.SetMtu(bridge, wish.Mtu);
        }

        if (tunnel != 0 && (repair.MakeTunnel || repair.MakeBridge || repair.JoinTunnel))
        {
            batch.SetBridge(tunnel, bridge).StopLearning(tunnel).SetUp(tunnel);
        }

        if (repair.MakeBridge)
        {
            // The ends of pairs that are there: their containers were on the bridge that somebody removed.
            foreach (Link pair in route.ListLinks().Where(static one => one is { Kind: "veth", Bridge: 0 }))
            {
                batch.SetBridge(pair.Index, bridge);
            }
        }

        route.Apply(batch);
    }

    private void RemoveTunnel()
    {
        int tunnel = route.FindLink(Tunnel);
        if (tunnel != 0)
        {
            IgnoreMissing(() => route.Apply(new RouteBatch().RemoveLink(tunnel, Tunnel)));
            Known = OverlayEntries.None;
        }
    }

    private static RouteBatch Batch(IEnumerable<Action<RouteBatch>> changes)
    {
        var batch = new RouteBatch();
        foreach (Action<RouteBatch> change in changes)
        {
            change(batch);
        }

        return batch;
    }

    private static void IgnoreMissing(Action removal)
    {
        try
        {
            removal();
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            // It is gone already, and that was meant.
        }
    }

    /// <summary>Frames between the ports of the bridge are no business of a packet filter.</summary>
    private static bool PassBridgeFilter() =>
        InsideNamespace.SetSysctl("net/bridge/bridge-nf-call-iptables", "0")
        && InsideNamespace.SetSysctl("net/bridge/bridge-nf-call-ip6tables", "0")
        && InsideNamespace.SetSysctl("net/bridge/bridge-nf-call-arptables", "0");
}
