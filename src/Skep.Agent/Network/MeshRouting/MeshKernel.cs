using System.Net;
using System.Net.Sockets;
using Skep.Linux;
using Skep.Linux.Netlink;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>Carries out what was decided about the way to the other nodes. Holds no decision.</summary>
/// <remarks>Its socket is that of the namespace in which the daemon runs. Not thread-safe.</remarks>
internal sealed class MeshKernel(MeshNames names) : IDisposable
{
    private readonly RouteSocket route = new();

    /// <summary>MTU of the link that has an address; null: none has it.</summary>
    public int? FindMtu(IPAddress address) =>
        route.ListAddresses().FirstOrDefault(a => a.Address.Equals(address)) is { } found
            ? route.ListLinks().FirstOrDefault(link => link.Index == found.Link)?.Mtu
            : null;

    /// <summary>The way as the kernel has it.</summary>
    public MeshWay Read()
    {
        PolicyRule[] rules = [.. route.ListRules().Where(IsOurs)];
        Link? link = route.ListLinks().FirstOrDefault(l => l.Name == names.Tunnel);
        if (link is null || route.FindVxlan(names.Tunnel) is not { } facts)
        {
            return MeshWay.None with { Rules = [.. rules] };
        }

        HashSet<IPAddress> own =
        [
            .. route.ListAddresses().Where(a => a.Link == link.Index && !a.Address.IsIPv6LinkLocal)
                .Select(a => a.Address),
        ];
        return new MeshWay(
            new MeshTunnel(
                facts.Identifier, facts.Local ?? IPAddress.None, facts.Port, link.Mtu, link.Mac, link.IsUp),
            [.. own],
            [
                .. route.ListPermanentNeighbours().Where(n => n.Link == link.Index)
                    .Select(n => (n.Address, n.Mac)),
            ],
            [
                .. route.ListForwardings().Where(f => f.Link == link.Index && f.Host is not null)
                    .Select(f => (f.Mac, f.Host!)),
            ],
            [
                // IPv6 has routes for its own purposes on every link.
                .. route.ListRoutes().Where(r => r.Link == link.Index && !own.Contains(r.Destination)
                        && !r.Destination.IsIPv6LinkLocal && !r.Destination.IsIPv6Multicast)
                    .Select(r => new MeshRoute(r.Destination, r.PrefixBits, r.Gateway, r.Table)),
            ],
            [.. rules]);
    }

    /// <summary>Makes the kernel's way from what it is to what it should be.</summary>
    public void Move(MeshWay from, MeshWay to)
    {
        if (from.Tunnel != to.Tunnel)
        {
            RemoveTunnel();
            from = MeshWay.None with { Rules = from.Rules };
            if (to.Tunnel is { } wanted)
            {
                AddTunnel(wanted);
            }
        }

        var changes = new List<Action<RouteBatch>>();
        changes.AddRange(
            MeshWay.Without(from.Rules, to.Rules).Select(r => (Action<RouteBatch>)(b => b.RemoveRule(r))));
        if (to.Tunnel is not null)
        {
            AddLinkChanges(changes, from, to, route.FindLink(names.Tunnel));
        }

        changes.AddRange(MeshWay.Without(to.Rules, from.Rules).Select(r => (Action<RouteBatch>)(b => b.AddRule(r))));
        foreach (Action<RouteBatch>[] some in changes.Chunk(MeshLimits.ChangesPerBatch))
        {
            var batch = new RouteBatch();
            foreach (Action<RouteBatch> change in some)
            {
                change(batch);
            }

            route.Apply(batch);
        }
    }

    /// <summary>Makes what is needed at the host's end of each local task's link, where it is missing.</summary>
    /// <param name="tasks">Addresses of this node's tasks on the mesh.</param>
    /// <returns>How much was missing.</returns>
    public int RepairTaskLinks(IReadOnlyCollection<IPAddress> tasks)
    {
        Dictionary<string, int> links = route.ListLinks()
            .Where(l => l.Name.StartsWith(names.TaskPrefix, StringComparison.Ordinal))
            .ToDictionary(l => l.Name, l => l.Index);
        var routes = route.ListRoutes().Where(r => r.Table == Route.MainTable).ToHashSet();
        int repaired = 0;
        foreach (IPAddress task in tasks)
        {
            if (links.TryGetValue(names.OuterOf(task), out int link) && !routes.Contains(MeshLinks.RouteTo(task, link)))
            {
                MeshSettings.Open(names.OuterOf(task));
                route.Apply(new RouteBatch().AddRoute(MeshLinks.RouteTo(task, link), null));
                repaired++;
            }
        }

        return repaired;
    }

    public void Dispose() => route.Dispose();

    private static void AddLinkChanges(List<Action<RouteBatch>> changes, MeshWay from, MeshWay to, int link)
    {
        void Each<T>(IEnumerable<T> items, Action<RouteBatch, T> change) =>
            changes.AddRange(items.Select(item => (Action<RouteBatch>)(batch => change(batch, item))));

        IPAddress? own = to.Addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
        Route Full(MeshRoute r) => new(r.Destination, r.PrefixBits, r.Gateway, link) { Table = r.Table };

        // What is replaced is not removed before: a task that moved is never without a way.
        var staying = to.Routes.Select(r => (r.Destination, r.PrefixBits, r.Table)).ToHashSet();
        Each(
            from.Routes.Where(r => !staying.Contains((r.Destination, r.PrefixBits, r.Table))),
            (b, r) => b.RemoveRoute(Full(r)));
        Each(
            from.Neighbours.Select(n => n.Address).Except(to.Neighbours.Select(n => n.Address)),
            (b, address) => b.RemoveNeighbour(link, address));
        Each(
            from.Hosts.Select(h => h.Mac).Except(to.Hosts.Select(h => h.Mac)),
            (b, mac) => b.RemoveTunnelForwarding(link, mac));
        Each(MeshWay.Without(from.Addresses, to.Addresses), (b, a) => b.RemoveAddress(link, a, BitsOf(a)));
        Each(MeshWay.Without(to.Addresses, from.Addresses), (b, a) => b.AddAddress(link, a, BitsOf(a)));
        Each(MeshWay.Without(to.Hosts, from.Hosts), (b, h) => b.AddForwarding(link, h.Mac, h.Host));
        Each(MeshWay.Without(to.Neighbours, from.Neighbours), (b, n) => b.AddNeighbour(link, n.Address, n.Mac));

        // Gateways after the routes that lead to them.
        Each(
            MeshWay.Without(to.Routes, from.Routes).OrderBy(r => r.Gateway is null ? 0 : 1),
            (b, r) => b.AddRoute(
                Full(r), r.Destination.AddressFamily == AddressFamily.InterNetwork && r.PrefixBits > 0 ? own : null));
    }

    private void AddTunnel(MeshTunnel wanted)
    {
        route.Apply(new RouteBatch().AddVxlan(new VxlanDevice(
            names.Tunnel, wanted.Vni, wanted.Local, wanted.Port, wanted.Mtu,
            AnswersForOthers: false, NamespaceDescriptor: null, wanted.Mac)));
        MeshSettings.Open(names.Tunnel);
        route.Apply(new RouteBatch().SetUp(route.FindLink(names.Tunnel)));
    }

    private void RemoveTunnel()
    {
        int link = route.FindLink(names.Tunnel);
        if (link == 0)
        {
            return;
        }

        try
        {
            route.Apply(new RouteBatch().RemoveLink(link, names.Tunnel));
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENODEV)
        {
            // Somebody else was faster.
        }
    }

    private static bool IsOurs(PolicyRule rule) =>
        (rule.Mark & MeshNumbers.MarkBaseMask) == MeshNumbers.MarkBase && rule.Priority == MeshNumbers.RulePriority;

    private static int BitsOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
}
