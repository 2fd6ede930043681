using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Kernel;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Linux;
using Skep.Linux.Netlink;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>Networks: create, remove, list, inspect, prune.</content>
public sealed partial class NetworkEngine
{
    /// <exception cref="RefusedException">The name or the subnet is taken, or something in the request means
    /// nothing.</exception>
    public async Task<CreateNetworkResponse> CreateAsync(CreateNetworkRequest request, CancellationToken stop)
    {
        NetworkRequests.Validate(request);
        BridgeOptions.Read(request.Options ?? new Dictionary<string, string>());
        NetworkRecord made = await ChangeAsync(() => Create_NeedsLock(request), stop);
        Publish("create", made, containerId: null);
        return new CreateNetworkResponse { Id = made.Id };
    }

    /// <exception cref="RefusedException">There is none, it is predefined, or a running container is on it.</exception>
    public async Task RemoveAsync(string nameOrId, CancellationToken stop)
    {
        NetworkRecord network = await ChangeAsync(
            () =>
            {
                NetworkRecord found = Find(nameOrId);
                Remove_NeedsLock(found);
                return found;
            },
            stop);
        Publish("destroy", network, containerId: null);
    }

    /// <summary>The record behind a name, a whole id, or the beginning of one.</summary>
    /// <exception cref="RefusedException">"network x not found", or the prefix is ambiguous.</exception>
    public NetworkRecord Find(string nameOrId) => NetworkNames.Resolve(networks.Values, nameOrId);

    /// <summary>Checks what a container that does not run yet wants of a network.</summary>
    /// <exception cref="RefusedException">It could never be given.</exception>
    public void ValidateEndpoint(string nameOrId, EndpointSettings settings) =>
        EndpointRules.Validate(Find(nameOrId), settings);

    /// <summary>One network with the containers on it.</summary>
    /// <exception cref="RefusedException">"network x not found", or the prefix is ambiguous.</exception>
    public NetworkInspect Inspect(string nameOrId) => NetworkViews.Inspect(Find(nameOrId), sandboxes.Values);

    /// <summary>Networks that match, without their containers.</summary>
    /// <exception cref="RefusedException">A filter that means nothing.</exception>
    public IReadOnlyList<NetworkInspect> List(Filters filters)
    {
        NetworkFilters.RequireKnown(filters);
        HashSet<string> used = [.. sandboxes.Values.SelectMany(s => s.Endpoints).Select(e => e.NetworkId)];
        return
        [
            .. networks.Values
                .OrderByDescending(n => n.Created)
                .Select(n => NetworkViews.Inspect(n, sandboxes: null))
                .Where(n => NetworkFilters.Includes(filters, n, used.Contains(n.Id))),
        ];
    }

    /// <summary>Removes networks of users that nobody is on. Filters: until, label, label!.</summary>
    public async Task<NetworksPruned> PruneAsync(Filters filters, CancellationToken stop)
    {
        filters.RequireKnown("label", "label!", "until");
        DateTimeOffset? until = filters.Values("until") switch
        {
            [] => null,
            [var text] => Timestamps.Parse(text, time.GetUtcNow()),
            _ => throw new RefusedException(ErrorKind.Invalid, "more than one until filter specified"),
        };
        var removed = new List<string>();
        foreach (NetworkRecord network in networks.Values.OrderBy(n => n.Created))
        {
            bool isMeant = network is { IsPredefined: false, IsOverlay: false }
                && (until is null || network.Created <= until)
                && filters.MatchesLabels(network.Labels);
            if (isMeant && await ChangeAsync(() => TryRemove_NeedsLock(network.Id), stop))
            {
                removed.Add(network.Name);
                Publish("destroy", network, containerId: null);
            }
        }

        events.Publish("network", "prune", "", new Dictionary<string, string> { ["reclaimed"] = "0" });
        return new NetworksPruned { NetworksDeleted = removed.Count > 0 ? removed : null };
    }

    private NetworkRecord Create_NeedsLock(CreateNetworkRequest request)
    {
        if (networks.Values.Any(n => n.Name == request.Name))
        {
            throw new RefusedException(ErrorKind.Conflict, $"network with name {request.Name} already exists");
        }

        IReadOnlyDictionary<string, string> given = request.Options ?? new Dictionary<string, string>();
        string? wantedLink = BridgeOptions.Read(given).LinkName;
        if (wantedLink is not null && BridgeNetworks.FirstOrDefault(n => n.LinkName == wantedLink) is { } holder)
        {
            throw new RefusedException(
                ErrorKind.Forbidden,
                $"cannot create network {request.Name} ({wantedLink}): conflicts with network {holder.Id} "
                + $"({holder.LinkName}): networks have same bridge name");
        }

        string id = NewNetworkId();
        var network = new NetworkRecord
        {
            Id = id,
            Name = request.Name,
            Created = time.GetUtcNow(),
            Driver = NetworkRecord.Bridge,
            EnableIPv6 = NetworkRequests.WantsIPv6(request),
            IsInternal = request.Internal,
            IsAttachable = request.Attachable,
            Options = given,
            Labels = request.Labels ?? new Dictionary<string, string>(),
            IpamOptions = request.Ipam?.Options,
            Subnets = NetworkRequests.ChooseSubnets(request, pools, [.. networks.Values], ReservedByHost()),
            LinkName = wantedLink ?? names.BridgeOf(id),
            IsLinkForeign = wantedLink is not null && kernel.FindLink(wantedLink) != 0,
        };
        Make_NeedsLock(network);
        return network;
    }

    /// <summary>Puts a network on disk, into the kernel and into the snapshot; undone if the kernel refuses.</summary>
    private void Make_NeedsLock(NetworkRecord network)
    {
        files.Save(network);
        try
        {
            kernel.Carry(LinkPlan.DecideBridge(kernel.Links(), kernel.Addresses(), WantedBridgeOf(network)));
            networks = networks.Add(network.Id, network);
            addresses.Add(network);
            ReplaceTable_NeedsLock();
            kernel.PassHostFilter(names);
            EnableForwarding(network.EnableIPv6);
        }
        catch (ErrnoException e)
        {
            networks = networks.Remove(network.Id);
            addresses.Remove(network);
            RemoveBridge(network);
            files.RemoveNetwork(network.Id);
            throw new RefusedException(ErrorKind.Failed, $"failed to create network {network.Name}: {e.Message}", e);
        }

        RebuildNames_NeedsLock(network.Id);
    }

    private bool TryRemove_NeedsLock(string id)
    {
        if (!networks.TryGetValue(id, out NetworkRecord? network) || IsInUse(id))
        {
            return false;
        }

        Remove_NeedsLock(network);
        return true;
    }

    private void Remove_NeedsLock(NetworkRecord network)
    {
        if (network.IsPredefined)
        {
            throw new RefusedException(
                ErrorKind.Forbidden, $"{network.Name} is a pre-defined network and cannot be removed");
        }

        if (IsInUse(network.Id))
        {
            throw new RefusedException(
                ErrorKind.Forbidden,
                $"error while removing network: network {network.Name} id {network.Id} has active endpoints");
        }

        networks = networks.Remove(network.Id);
        addresses.Remove(network);
        ReplaceTable_NeedsLock();
        RemoveBridge(network);
        files.RemoveNetwork(network.Id);
        RebuildNames_NeedsLock(network.Id);
    }

    private bool IsInUse(string networkId) =>
        sandboxes.Values.Any(s => s.Endpoints.Any(e => e.NetworkId == networkId));

    private void RemoveBridge(NetworkRecord network)
    {
        if (!network.IsLinkForeign)
        {
            kernel.RemoveLink(network.LinkName);
        }
    }

    private WantedBridge WantedBridgeOf(NetworkRecord network) => new(
        network.LinkName,
        MacAddresses.Of(network.IPv4?.Gateway ?? IPAddress.Loopback),
        MtuOf(network),
        [.. network.Subnets.Select(s => (s.Gateway, s.Range.PrefixBits))],
        network.IsLinkForeign);

    private int MtuOf(NetworkRecord network) => BridgeOptions.Read(network.Options).Mtu ?? options.Mtu;

    /// <summary>An id whose first digits make a link name that nobody has.</summary>
    private string NewNetworkId()
    {
        string id;
        do
        {
            id = ids.NewHex();
        }
        while (networks.Values.Any(n => n.LinkName == names.BridgeOf(id)));
        return id;
    }

    /// <summary>What a network of ours must not cover: where the host's routes lead, and its resolvers.</summary>
    private List<Subnet> ReservedByHost()
    {
        var reserved = new List<Subnet>();
        foreach (Route route in kernel.Routes())
        {
            if (route.PrefixBits > 0 && !route.Destination.IsIPv6LinkLocal)
            {
                reserved.Add(Subnet.Containing(route.Destination, route.PrefixBits));
            }
        }

        foreach (IPAddress server in hostResolver.Read().Servers)
        {
            bool isIPv4 = server.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
            reserved.Add(Subnet.Containing(server, isIPv4 ? 32 : 128));
        }

        return reserved;
    }

    private static void EnableForwarding(bool hasIPv6)
    {
        HostSysctl.Set("net/ipv4/ip_forward", "1");
        if (hasIPv6)
        {
            HostSysctl.Set("net/ipv6/conf/all/forwarding", "1");
        }
    }
}
