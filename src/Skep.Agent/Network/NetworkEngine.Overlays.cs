using System.Collections.Immutable;
using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Kernel;
using Skep.Docker.Engine;
using Skep.Linux.Netlink;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>Networks of the swarm, as far as containers of this node are on them.</content>
public sealed partial class NetworkEngine
{
    // Who needs networks of the swarm: by his name, their ids. A network that nobody needs is forgotten.
    private readonly Dictionary<string, ImmutableArray<string>> needs = [];

    /// <summary>See <see cref="DataPath.Drift"/>.</summary>
    public IReadOnlyDictionary<string, long> Drift => path.Drift;

    /// <summary>Makes networks of the swarm known, so that a container can be started on them.</summary>
    /// <param name="user">Who needs them, until <see cref="ForgetAsync"/>.</param>
    public async Task LearnAsync(string user, IReadOnlyList<NetworkRecord> overlays, CancellationToken stop)
    {
        Invariant.Holds(overlays.All(n => n.IsOverlay));
        if (overlays.Count > 0)
        {
            await ChangeAsync(() => Learn_NeedsLock(user, overlays), stop);
        }
    }

    /// <summary>Somebody needs his networks no more. No error if he needed none.</summary>
    public async Task ForgetAsync(string user, CancellationToken stop) => await ChangeAsync(
        () =>
        {
            if (needs.Remove(user, out ImmutableArray<string> ids))
            {
                foreach (string id in ids)
                {
                    ForgetUnused_NeedsLock(id);
                }
            }

            return true;
        },
        stop);

    private bool Learn_NeedsLock(string user, IReadOnlyList<NetworkRecord> overlays)
    {
        foreach (NetworkRecord network in overlays.Where(n => !networks.ContainsKey(n.Id)))
        {
            files.SaveOverlay(network);
            networks = networks.Add(network.Id, network);
        }

        needs[user] = [.. overlays.Select(n => n.Id)];
        return true;
    }

    /// <summary>Ends a network of the swarm on this node when its last container has left.</summary>
    private void ForgetUnused_NeedsLock(string networkId)
    {
        if (!networks.TryGetValue(networkId, out NetworkRecord? network) || !network.IsOverlay || IsInUse(networkId))
        {
            return;
        }

        path.Overlays.Close(networkId);
        if (!needs.Values.Any(ids => ids.Contains(networkId)))
        {
            networks = networks.Remove(networkId);
            nameTables = nameTables.Remove(networkId);
            files.RemoveOverlay(networkId);
        }
    }

    private EndpointRecord AttachOverlay_NeedsLock(
        SandboxRecord sandbox, NetworkRecord network, EndpointSettings settings, SandboxSpace space)
    {
        if (network is { IsIngress: true, IsEncrypted: true })
        {
            throw new RefusedException(
                ErrorKind.Unsupported,
                $"network {network.Name} carries the routing mesh, which cannot be encrypted yet");
        }

        string endpointId = NewEndpointId();
        IPAddress[] own =
        [
            .. new[] { settings.IpamConfig?.IPv4Address, settings.IpamConfig?.IPv6Address }
                .Where(text => !string.IsNullOrEmpty(text)).Select(text => IPAddress.Parse(text!)),
        ];
        if (own.Length == 0 || Array.Exists(own, address => network.SubnetOf(address) is null))
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"the swarm's managers have given no address on network {network.Name}");
        }

        var endpoint = new EndpointRecord
        {
            EndpointId = endpointId,
            NetworkId = network.Id,
            Settings = settings,
            OuterLink = network.IsIngress ? path.Mesh.LinkOf(own[0]) : names.OuterOf(endpointId),
            InnerLink = EndpointRules.FreeInnerLink(sandbox.Endpoints),
            IPv4 = Array.Find(own, a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork),
            IPv6 = Array.Find(own, a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6),
            Mac = MacAddresses.OfEndpoint(own),
        };
        try
        {
            if (network.IsIngress)
            {
                path.Mesh.Attach(files.NamespaceOf(sandbox.Request.ContainerId), PlaceOf(endpoint, network));
            }
            else
            {
                path.Overlays.Attach(network, endpoint, space);
                SetAddresses(endpoint, network, space);
                AddOtherSubnets(endpoint, network, space);
            }
        }
        catch
        {
            Detach_NeedsLock(endpoint);
            ForgetUnused_NeedsLock(network.Id);
            throw;
        }

        return endpoint;
    }

    /// <summary>All subnets of a network share its links.</summary>
    private static void AddOtherSubnets(EndpointRecord endpoint, NetworkRecord network, SandboxSpace space)
    {
        int inner = space.FindLink(endpoint.InnerLink);
        var batch = new RouteBatch();
        foreach (Subnet other in network.Subnets.Select(s => s.Range).Where(
            range => range.IsIPv4 ? endpoint.IPv4 is not null : endpoint.IPv6 is not null))
        {
            if (!endpoint.Addresses().Any(other.Contains))
            {
                batch.AddRoute(new Route(other.Network, other.PrefixBits, null, inner), source: null);
            }
        }

        space.Apply(batch);
    }

    /// <summary>
    /// A container on a network of the swarm reaches the world through a bridge of the node, unless another network
    /// leads out already. Its place there is not one of those that its user knows of.
    /// </summary>
    /// <param name="wanted">All networks that the container is going to be on.</param>
    private SandboxRecord AddWayOut_NeedsLock(
        SandboxRecord sandbox, IEnumerable<NetworkRecord> wanted, SandboxSpace space)
    {
        bool needsOne = EndpointRules.NeedsWayOut([.. wanted]);
        if (!needsOne || sandbox.Endpoints.Any(e => e.IsHidden)
            || !sandbox.Endpoints.Any(e => NetworkOf(e.NetworkId) is { IsOverlay: true, IsInternal: false }))
        {
            return sandbox;
        }

        EndpointRecord hidden = Attach_NeedsLock(sandbox, GatewayBridge_NeedsLock(), new EndpointSettings(), space)
            with { IsHidden = true };
        return sandbox with { Endpoints = [.. sandbox.Endpoints, hidden] };
    }

    /// <summary>After a container has joined or left a network: the hidden way out comes or goes.</summary>
    private SandboxRecord AdjustWayOut_NeedsLock(SandboxRecord sandbox, SandboxSpace? space)
    {
        NetworkRecord[] visible =
            [.. sandbox.Endpoints.Where(e => !e.IsHidden).Select(e => NetworkOf(e.NetworkId))];
        if (EndpointRules.NeedsWayOut(visible))
        {
            return space is null ? sandbox : AddWayOut_NeedsLock(sandbox, visible, space);
        }

        if (sandbox.Endpoints.FirstOrDefault(e => e.IsHidden) is { } hidden)
        {
            Detach_NeedsLock(hidden);
            return sandbox with { Endpoints = [.. sandbox.Endpoints.Where(e => e != hidden)] };
        }

        return sandbox;
    }

    private NetworkRecord GatewayBridge_NeedsLock()
    {
        if (BridgeNetworks.FirstOrDefault(n => n.Name == NetworkRecord.GatewayBridge) is { } found)
        {
            return found;
        }

        string id = NewNetworkId();
        string link = names.BridgeOf(id);
        Subnet[] used = [.. networks.Values.SelectMany(n => n.Subnets).Select(s => s.Range)];
        var made = new NetworkRecord
        {
            Id = id,
            Name = NetworkRecord.GatewayBridge,
            Created = time.GetUtcNow(),
            Driver = NetworkRecord.Bridge,
            LinkName = link,
            Subnets = [NetworkRequests.FromPool(pools, isIPv4: true, [.. used, .. ReservedByHost()])],
            Options = new Dictionary<string, string>
            {
                [BridgeOptions.BetweenContainersKey] = "false",
                [BridgeOptions.MasqueradeKey] = "true",
                [BridgeOptions.NameKey] = link,
            },
        };
        Make_NeedsLock(made);
        return made;
    }
}
