using System.Collections.Immutable;
using System.Net;
using Skep.Agent.Network.Ports;
using Skep.Docker.Engine;

namespace Skep.Agent.Network;

/// <summary>How a live sandbox looks to the container engine and in inspect. Pure.</summary>
internal static class SandboxViews
{
    public static Sandbox Sandbox(
        SandboxRecord sandbox,
        ImmutableDictionary<string, NetworkRecord> networks,
        NetworkFiles files,
        ResolverConfig resolver,
        ImmutableDictionary<string, SandboxRecord> others)
    {
        SandboxRequest request = sandbox.Request;
        bool isOnHost = false;
        var endpoints = new Dictionary<string, EndpointSettings>();
        foreach (EndpointRecord endpoint in sandbox.Endpoints)
        {
            // A reader may hold a sandbox that has ended since, and then its network may have, too.
            if (networks.TryGetValue(endpoint.NetworkId, out NetworkRecord? network))
            {
                isOnHost |= network.Driver == NetworkRecord.Host;
                if (!endpoint.IsHidden)
                {
                    endpoints[network.Name] = NetworkViews.Endpoint(endpoint, network, sandbox);
                }
            }
        }

        bool hasIPv6 = sandbox.Endpoints.Any(e => e.IPv6 is not null);
        string path = isOnHost ? "" : files.NamespaceOf(request.ContainerId);
        IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> ports = Ports(sandbox, isOnHost);
        return new Sandbox
        {
            ContainerId = request.ContainerId,
            SandboxId = sandbox.SandboxId,
            NetnsPath = path,
            Ports = ports,
            Networks = endpoints,
            ResolvConf = (sandbox.HasResolver ? resolver.ForOwnResolver() : resolver.ForDefaultBridge(hasIPv6)).Text(),
            HostsEntries = Hosts(sandbox, networks, others),
            Settings = Settings(sandbox, isOnHost ? files.NamespaceOf("default") : path, ports, endpoints),
        };
    }

    private static NetworkSettings Settings(
        SandboxRecord sandbox,
        string key,
        IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> ports,
        Dictionary<string, EndpointSettings> endpoints)
    {
        EndpointSettings onBridge = endpoints.GetValueOrDefault("bridge") ?? new EndpointSettings();
        return new NetworkSettings
        {
            SandboxId = sandbox.SandboxId,
            SandboxKey = key,
            Ports = ports,
            EndpointId = onBridge.EndpointId,
            Gateway = onBridge.Gateway,
            GlobalIPv6Address = onBridge.GlobalIPv6Address,
            GlobalIPv6PrefixLen = onBridge.GlobalIPv6PrefixLen,
            IPAddress = onBridge.IPAddress,
            IPPrefixLen = onBridge.IPPrefixLen,
            IPv6Gateway = onBridge.IPv6Gateway,
            MacAddress = onBridge.MacAddress,
            Networks = endpoints,
        };
    }

    private static Dictionary<string, IReadOnlyList<PortBinding>?> Ports(SandboxRecord sandbox, bool isOnHost)
    {
        var ports = new Dictionary<string, IReadOnlyList<PortBinding>?>();
        if (isOnHost)
        {
            return ports;
        }

        foreach (string key in sandbox.Request.ExposedPorts.Concat(sandbox.Request.PortBindings.Keys))
        {
            (PortProtocol protocol, int port) = PortRequests.ReadKey(key);
            ports[new PublishedPort(protocol, IPAddress.Any, 0, port).ContainerKey] = null;
        }

        foreach (IGrouping<string, PublishedPort> group in sandbox.Ports.GroupBy(p => p.ContainerKey))
        {
            ports[group.Key] =
            [
                .. group.Select(p => new PortBinding
                {
                    HostIp = p.HostAddress.ToString(),
                    HostPort = p.HostPort.ToString(System.Globalization.CultureInfo.InvariantCulture),
                }),
            ];
        }

        return ports;
    }

    /// <summary>
    /// This container under each of its addresses, and those it is linked to on the default bridge. The ways to the
    /// world and from the routing mesh are not how it is called.
    /// </summary>
    private static List<HostsEntry> Hosts(
        SandboxRecord sandbox,
        ImmutableDictionary<string, NetworkRecord> networks,
        ImmutableDictionary<string, SandboxRecord> others)
    {
        SandboxRequest request = sandbox.Request;
        string[] own = request.Domainname.Length > 0
            ? [$"{request.Hostname}.{request.Domainname}", request.Hostname]
            : [request.Hostname];
        var entries = new List<HostsEntry>();
        foreach (EndpointRecord endpoint in sandbox.Endpoints.Where(
            e => !e.IsHidden && networks.GetValueOrDefault(e.NetworkId)?.IsIngress != true))
        {
            entries.AddRange(endpoint.Addresses().Select(address => new HostsEntry(address.ToString(), own)));
        }

        foreach ((string alias, string containerId) in request.Links)
        {
            if (others.TryGetValue(containerId, out SandboxRecord? other)
                && other.Endpoints.FirstOrDefault(e => e.IPv4 is not null) is { } endpoint)
            {
                string[] names = [alias, other.Request.Hostname, other.Request.Name];
                entries.Add(new HostsEntry(endpoint.IPv4!.ToString(), [.. names.Distinct()]));
            }
        }

        return entries;
    }
}
