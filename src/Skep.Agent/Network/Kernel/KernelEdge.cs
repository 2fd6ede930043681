using Skep.Linux;
using Skep.Linux.Netlink;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Kernel;

/// <summary>Carries out what was decided about links and the packet filter of the host.</summary>
/// <remarks>
/// Holds no decision. Its sockets are those of the namespace in which the daemon runs. Callers come one at a time,
/// except that <see cref="RemoveLinks"/> has a socket of its own: the kernel takes long over it.
/// </remarks>
internal sealed class KernelEdge : IDisposable
{
    private readonly RouteSocket route = new();
    private readonly NftSocket nft = new();
    private readonly ConntrackSocket conntrack = new();
    private readonly RouteSocket removals = new();
    private readonly Lock removing = new();

    public IReadOnlyList<Link> Links() => route.ListLinks();

    public IReadOnlyList<LinkAddress> Addresses() => route.ListAddresses();

    public IReadOnlyList<Route> Routes() => route.ListRoutes();

    public int FindLink(string name) => route.FindLink(name);

    public void Apply(RouteBatch batch) => route.Apply(batch);

    public void Apply(NftBatch batch) => nft.Apply(batch);

    public void Forget(ConntrackFilter filter) => conntrack.Remove(filter);

    public IReadOnlyList<string> Tables() => nft.ListTables(NftFamily.Inet);

    /// <summary>Lets a packet filter of the host, if there is one, pass what our own table decides about.</summary>
    public void PassHostFilter(LinkNames names)
    {
        foreach (NftForeignChain chain in HostFilters())
        {
            chain.AcceptLinks(names.BridgePrefix);
        }
    }

    public void ForgetHostFilter(LinkNames names)
    {
        foreach (NftForeignChain chain in HostFilters())
        {
            chain.ForgetLinks(names.BridgePrefix);
        }
    }

    public void Carry(LinkPlan plan)
    {
        foreach (Link link in plan.Remove)
        {
            RemoveLink(link.Name);
        }

        foreach (BridgeRepair repair in plan.Adopt)
        {
            Repair(repair);
        }

        foreach (WantedBridge bridge in plan.Create)
        {
            AddBridge(bridge);
        }
    }

    /// <summary>Makes a bridge with its addresses, up. A bridge that could not be finished is removed again.</summary>
    public void AddBridge(WantedBridge bridge)
    {
        route.Apply(new RouteBatch().AddBridge(bridge.Name, bridge.Mac, bridge.Mtu));
        try
        {
            int index = route.FindLink(bridge.Name);
            var batch = new RouteBatch();
            foreach ((System.Net.IPAddress address, int prefixBits) in bridge.Addresses)
            {
                batch.AddAddress(index, address, prefixBits);
            }

            route.Apply(batch);
            PermitLocalAddresses(bridge.Name);
        }
        catch (ErrnoException)
        {
            RemoveLink(bridge.Name);
            throw;
        }
    }

    /// <summary>Removes a link if it is there; its other end goes with it.</summary>
    public void RemoveLink(string name) => RemoveLinks([name]);

    /// <summary>Removes those links that are there, in hardly more time than one of them takes.</summary>
    public void RemoveLinks(IReadOnlyCollection<string> names)
    {
        lock (removing)
        {
            removals.RemoveLinks(names);
        }
    }

    public void Dispose()
    {
        route.Dispose();
        nft.Dispose();
        conntrack.Dispose();
        removals.Dispose();
    }

    /// <summary>Where iptables, and so Docker and most firewalls, decide about forwarded packets.</summary>
    private NftForeignChain[] HostFilters() =>
    [
        new(nft, NftFamily.IPv4, "filter", "FORWARD"),
        new(nft, NftFamily.IPv6, "filter", "FORWARD"),
    ];

    private void Repair(BridgeRepair repair)
    {
        var batch = new RouteBatch();
        foreach (LinkAddress excess in repair.Excess)
        {
            batch.RemoveAddress(repair.Link, excess.Address, excess.PrefixBits);
        }

        foreach ((System.Net.IPAddress address, int prefixBits) in repair.Missing)
        {
            batch.AddAddress(repair.Link, address, prefixBits);
        }

        if (repair.NeedsMtu)
        {
            batch.SetMtu(repair.Link, repair.Bridge.Mtu);
        }

        if (repair.NeedsUp)
        {
            batch.SetUp(repair.Link);
        }

        route.Apply(batch);
        PermitLocalAddresses(repair.Bridge.Name);
    }

    /// <summary>
    /// Lets 127.0.0.1 of the host call into the bridge (it is masqueraded on the way). The table's first rule keeps the
    /// other direction shut.
    /// </summary>
    private static void PermitLocalAddresses(string bridge) =>
        HostSysctl.Set($"net/ipv4/conf/{bridge}/route_localnet", "1");
}
