using System.Net;
using Skep.Agent.Network.Kernel;
using Skep.Agent.Network.Ports;
using Skep.Docker.Engine;
using Skep.Linux;
using Skep.Linux.Netlink;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>One container's place on one network: addresses, the pair of links, the way out, published ports.</content>
public sealed partial class NetworkEngine
{
    /// <summary>Puts a namespace on a network. Nothing is left behind if it fails.</summary>
    private EndpointRecord Attach_NeedsLock(
        SandboxRecord sandbox, NetworkRecord network, EndpointSettings settings, SandboxSpace? space)
    {
        EndpointRules.Validate(network, settings);
        if (sandbox.Endpoints.Any(e => e.NetworkId == network.Id))
        {
            throw new RefusedException(
                ErrorKind.Forbidden,
                $"endpoint with name {sandbox.Request.Name} already exists in network {network.Name}");
        }

        if (network.IsOverlay)
        {
            return AttachOverlay_NeedsLock(sandbox, network, settings, space ?? throw new RefusedException(
                ErrorKind.Invalid, $"a container on the machine's network cannot be on network {network.Name}"));
        }

        string endpointId = NewEndpointId();
        if (network.Driver != NetworkRecord.Bridge || space is null)
        {
            return new EndpointRecord { EndpointId = endpointId, NetworkId = network.Id, Settings = settings };
        }

        (IPAddress? ipv4, IPAddress? ipv6) = addresses.Take(
            network, settings.IpamConfig?.IPv4Address, settings.IpamConfig?.IPv6Address);
        var endpoint = new EndpointRecord
        {
            EndpointId = endpointId,
            NetworkId = network.Id,
            Settings = settings,
            OuterLink = names.OuterOf(endpointId),
            InnerLink = EndpointRules.FreeInnerLink(sandbox.Endpoints),
            IPv4 = ipv4,
            IPv6 = ipv6,
            Mac = EndpointRules.MacOf(settings, ipv4 ?? IPAddress.Loopback),
        };
        try
        {
            AddPair(endpoint, network, space);
        }
        catch
        {
            Detach_NeedsLock(endpoint);
            throw;
        }

        return endpoint;
    }

    private void Detach_NeedsLock(EndpointRecord endpoint)
    {
        RemovePairs([endpoint]);
        addresses.Release(endpoint.NetworkId, endpoint.IPv4);
        addresses.Release(endpoint.NetworkId, endpoint.IPv6);
    }

    /// <summary>Also outside of the gate: others need not wait for the kernel.</summary>
    private void RemovePairs(IEnumerable<EndpointRecord> endpoints)
    {
        ILookup<bool, EndpointRecord> leaving = endpoints.Where(static e => e.OuterLink.Length > 0).ToLookup(
            e => networks.GetValueOrDefault(e.NetworkId) is { IsOverlay: true, IsIngress: false });
        path.Overlays.Detach(leaving[true]);
        kernel.RemoveLinks([.. leaving[false].Select(static e => e.OuterLink)]);
    }

    private void AddPair(EndpointRecord endpoint, NetworkRecord network, SandboxSpace space)
    {
        int bridge = kernel.FindLink(network.LinkName);
        if (bridge == 0)
        {
            // Somebody removed it behind our back: the network is meant to exist, so it does again.
            kernel.AddBridge(WantedBridgeOf(network));
            bridge = kernel.FindLink(network.LinkName);
        }

        kernel.Apply(new RouteBatch().AddVeth(new VethPair(
            endpoint.OuterLink,
            bridge,
            endpoint.InnerLink,
            endpoint.Mac,
            (int)space.File.DangerousGetHandle(), // The caller holds the space until this returns.
            MtuOf(network))));
        if (!BridgeOptions.Read(network.Options).AllowsBetweenContainers)
        {
            kernel.Apply(new RouteBatch().SetIsolated(kernel.FindLink(endpoint.OuterLink)));
        }

        SetAddresses(endpoint, network, space);
    }

    private static void SetAddresses(EndpointRecord endpoint, NetworkRecord network, SandboxSpace space)
    {
        int inner = space.FindLink(endpoint.InnerLink);
        var batch = new RouteBatch();
        foreach (IPAddress address in endpoint.Addresses())
        {
            batch.AddAddress(inner, address, network.SubnetOf(address)!.Range.PrefixBits);
        }

        space.Apply(batch.SetUp(inner));
    }

    /// <summary>Moves a container's way out from one endpoint to another.</summary>
    private void SetGateway(SandboxSpace? space, EndpointRecord? old, EndpointRecord? next)
    {
        if (space is null || old?.EndpointId == next?.EndpointId)
        {
            return;
        }

        // The link of the old one may be gone already, and its route with it.
        if (old is not null && space.FindLink(old.InnerLink) is > 0 and var oldLink)
        {
            space.Apply(Routes(old, oldLink, isAdded: false));
        }

        if (next is not null)
        {
            space.Apply(Routes(next, space.FindLink(next.InnerLink), isAdded: true));
        }
    }

    private RouteBatch Routes(EndpointRecord endpoint, int link, bool isAdded)
    {
        NetworkRecord network = NetworkOf(endpoint.NetworkId);
        var batch = new RouteBatch();
        foreach (SubnetRecord? subnet in new[]
        {
            endpoint.IPv4 is null ? null : network.IPv4,
            endpoint.IPv6 is null ? null : network.IPv6,
        })
        {
            if (subnet is not null)
            {
                _ = isAdded
                    ? batch.AddDefaultRoute(subnet.Gateway, link)
                    : batch.RemoveDefaultRoute(subnet.Gateway, link);
            }
        }

        return batch;
    }

    /// <summary>Leads the wanted host ports to the endpoint that leads out; without one nothing is published.</summary>
    private SandboxRecord PublishPorts_NeedsLock(SandboxRecord sandbox)
    {
        SandboxRequest request = sandbox.Request;
        IReadOnlyList<PortRequest> requests = PortRequests.Read(
            request.PortBindings, request.ExposedPorts, request.PublishAllPorts);
        if (requests.Count == 0
            || EndpointRules.FindGateway(sandbox.Endpoints, NetworkOf) is not { } gateway)
        {
            return sandbox;
        }

        IReadOnlyList<PublishedPort> given = ports.Publish(requests, TargetOf(sandbox, gateway));
        sandbox = sandbox with { Ports = given };
        try
        {
            FirewallPort[] leading = Leading(sandbox, gateway);
            ApplyOrReplace_NeedsLock(() => kernel.Apply(Firewall.Publish(instance.Name, leading)), sandbox);
            kernel.Apply(new RouteBatch().SetHairpin(kernel.FindLink(gateway.OuterLink)));
            ForgetFlows(given, answering: null);
            return sandbox;
        }
        catch (ErrnoException)
        {
            UnpublishPorts_NeedsLock(sandbox);
            throw;
        }
    }

    private void UnpublishPorts_NeedsLock(SandboxRecord sandbox)
    {
        if (sandbox.Ports.Count == 0)
        {
            return;
        }

        if (EndpointRules.FindGateway(sandbox.Endpoints, NetworkOf) is { } gateway)
        {
            FirewallPort[] leading = Leading(sandbox, gateway);
            ApplyOrReplace_NeedsLock(() => kernel.Apply(Firewall.Unpublish(instance.Name, leading)), also: null);
            ForgetFlows(sandbox.Ports, gateway.IPv4);
        }

        ports.Release(sandbox.Ports);
    }

    /// <summary>Changes the table piece by piece; if it is not as we left it, it is written anew.</summary>
    /// <param name="also">A sandbox that is not in the snapshot yet.</param>
    private void ApplyOrReplace_NeedsLock(Action change, SandboxRecord? also)
    {
        try
        {
            change();
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.EEXIST)
        {
            ReplaceTable_NeedsLock(also);
        }
    }

    private void ReplaceTable_NeedsLock(SandboxRecord? also = null)
    {
        FirewallBridge[] bridges =
        [
            .. BridgeNetworks.Select(n =>
            {
                BridgeOptions meaning = BridgeOptions.Read(n.Options);
                return new FirewallBridge(
                    n.LinkName,
                    n.IsInternal,
                    meaning.AllowsBetweenContainers,
                    meaning.Masquerades,
                    [.. n.Subnets.Select(s => s.Range)]);
            }),
        ];
        IEnumerable<SandboxRecord> all = also is null ? sandboxes.Values : [.. sandboxes.Values, also];
        FirewallPort[] leading =
        [
            .. all.SelectMany(s =>
                EndpointRules.FindGateway(s.Endpoints, NetworkOf) is { } gateway ? Leading(s, gateway) : []),
        ];
        kernel.Apply(Firewall.Replace(instance.Name, bridges, leading));
    }

    /// <summary>The ports that nftables can lead there: those of a family that the endpoint has.</summary>
    private static FirewallPort[] Leading(SandboxRecord sandbox, EndpointRecord gateway) =>
    [
        .. sandbox.Ports
            .Select(p => (Port: p, Address: p.IsIPv4 ? gateway.IPv4 : gateway.IPv6))
            .Where(p => p.Address is not null)
            .Select(p => new FirewallPort(p.Port, p.Address!)),
    ];

    private PublishTarget TargetOf(SandboxRecord sandbox, EndpointRecord gateway) => new(
        $"{sandbox.Request.Name} ({gateway.EndpointId})",
        gateway.IPv4,
        gateway.IPv6,
        BridgeOptions.Read(NetworkOf(gateway.NetworkId).Options).PublishAddress ?? options.DefaultPublishAddress,
        options.UserlandProxy);

    /// <summary>
    /// A flow of UDP keeps to where its first packet went, so those to a port that comes or goes must be forgotten.
    /// </summary>
    private void ForgetFlows(IEnumerable<PublishedPort> changed, IPAddress? answering)
    {
        foreach (PublishedPort port in changed.Where(p => p.Protocol == PortProtocol.Udp))
        {
            kernel.Forget(new ConntrackFilter(
                port.IsIPv4, (byte)port.Protocol, port.HostPort, port.IsIPv4 ? answering : null));
        }
    }

    private string NewEndpointId()
    {
        string id;
        do
        {
            id = ids.NewHex();
        }
        while (sandboxes.Values.Any(s => s.Endpoints.Any(e => e.OuterLink == names.OuterOf(id))));
        return id;
    }
}
