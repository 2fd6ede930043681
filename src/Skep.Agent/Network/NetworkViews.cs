using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Docker.Engine;

namespace Skep.Agent.Network;

/// <summary>How networks and endpoints look in the Engine API. Pure.</summary>
internal static class NetworkViews
{
    private const int GatewayDigits = 12;

    /// <param name="sandboxes">Those whose endpoints are to be shown; null: the list does not show them.</param>
    public static NetworkInspect Inspect(NetworkRecord network, IEnumerable<SandboxRecord>? sandboxes) => new()
    {
        Name = network.Name,
        Id = network.Id,
        Created = network.Created,
        Scope = network.IsOverlay ? "swarm" : "local",
        Driver = network.Driver,
        EnableIPv6 = network.EnableIPv6,
        Ipam = new Ipam
        {
            Options = network.IpamOptions,
            Config = [.. network.Subnets.Select(Config)],
        },
        Internal = network.IsInternal,
        Attachable = network.IsAttachable,
        Ingress = network.IsIngress,
        Containers = Containers(network, sandboxes ?? []),
        Options = network.Options,
        Labels = network.Labels,
    };

    /// <summary>An endpoint with what was asked and what it got.</summary>
    public static EndpointSettings Endpoint(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox) =>
        endpoint.Settings with
        {
            NetworkId = network.Id,
            EndpointId = endpoint.EndpointId,
            Gateway = Gateway(endpoint.IPv4, network),
            IPAddress = endpoint.IPv4?.ToString() ?? "",
            IPPrefixLen = PrefixBits(endpoint.IPv4, network),
            IPv6Gateway = Gateway(endpoint.IPv6, network),
            GlobalIPv6Address = endpoint.IPv6?.ToString() ?? "",
            GlobalIPv6PrefixLen = PrefixBits(endpoint.IPv6, network),
            MacAddress = Mac(endpoint),
            DnsNames = DnsNames(sandbox.Request, network, endpoint),
        };

    /// <summary>Names by which others on the network find a container; none on the predefined networks.</summary>
    public static IReadOnlyList<string>? DnsNames(
        SandboxRequest request, NetworkRecord network, EndpointRecord endpoint)
    {
        if (network.IsPredefined)
        {
            return null;
        }

        string[] names =
        [
            request.Name,
            .. endpoint.Settings.Aliases ?? [],
            request.ContainerId[..Math.Min(12, request.ContainerId.Length)],
            request.Hostname,
        ];
        return [.. names.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    public static string Mac(EndpointRecord endpoint) =>
        endpoint.Mac.GetAddressBytes().Length == 0 ? "" : MacAddresses.Text(endpoint.Mac);

    /// <summary>No container leaves through a network of the swarm.</summary>
    private static string Gateway(IPAddress? address, NetworkRecord network) =>
        address is null || network.IsOverlay ? "" : network.SubnetOf(address)?.Gateway.ToString() ?? "";

    private static int PrefixBits(IPAddress? address, NetworkRecord network) =>
        address is null ? 0 : network.SubnetOf(address)?.Range.PrefixBits ?? 0;

    private static IpamConfig Config(SubnetRecord subnet) => new()
    {
        Subnet = subnet.Range.ToString(),
        IPRange = subnet.ContainerRange?.ToString(),
        Gateway = subnet.IsChosenByUser && !subnet.IsGatewayChosenByUser ? null : subnet.Gateway.ToString(),
        AuxiliaryAddresses = subnet.AuxiliaryAddresses,
    };

    private static Dictionary<string, EndpointResource> Containers(
        NetworkRecord network, IEnumerable<SandboxRecord> sandboxes)
    {
        var containers = new Dictionary<string, EndpointResource>();
        foreach (SandboxRecord sandbox in sandboxes)
        {
            foreach (EndpointRecord endpoint in sandbox.Endpoints.Where(e => e.NetworkId == network.Id))
            {
                containers[sandbox.Request.ContainerId] = new EndpointResource
                {
                    Name = endpoint.IsHidden ? GatewayName(sandbox) : sandbox.Request.Name,
                    EndpointId = endpoint.EndpointId,
                    MacAddress = Mac(endpoint),
                    IPv4Address = WithPrefix(endpoint.IPv4, network),
                    IPv6Address = WithPrefix(endpoint.IPv6, network),
                };
            }
        }

        return containers;
    }

    private static string GatewayName(SandboxRecord sandbox) => "gateway_" + sandbox.SandboxId[..GatewayDigits];

    private static string WithPrefix(IPAddress? address, NetworkRecord network) =>
        address is null ? "" : $"{address}/{PrefixBits(address, network)}";
}
