using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Docker.Engine;

namespace Skep.Agent.Network;

/// <summary>How networks and endpoints look in the Engine API. Pure.</summary>
internal static class NetworkViews
{
    /// <param name="sandboxes">Those whose endpoints are to be shown; null: the list does not show them.</param>
    public static NetworkInspect Inspect(NetworkRecord network, IEnumerable<SandboxRecord>? sandboxes) => new()
    {
        Name = network.Name,
        Id = network.Id,
        Created = network.Created,
        Scope = "local",
        Driver = network.Driver,
        EnableIPv6 = network.EnableIPv6,
        Ipam = new Ipam
        {
            Options = network.IpamOptions,
            Config = network.Driver == NetworkRecord.Bridge ? [.. network.Subnets.Select(Config)] : [],
        },
        Internal = network.IsInternal,
        Attachable = network.IsAttachable,
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
            Gateway = endpoint.IPv4 is null ? "" : network.IPv4!.Gateway.ToString(),
            IPAddress = endpoint.IPv4?.ToString() ?? "",
            IPPrefixLen = endpoint.IPv4 is null ? 0 : network.IPv4!.Range.PrefixBits,
            IPv6Gateway = endpoint.IPv6 is null ? "" : network.IPv6!.Gateway.ToString(),
            GlobalIPv6Address = endpoint.IPv6?.ToString() ?? "",
            GlobalIPv6PrefixLen = endpoint.IPv6 is null ? 0 : network.IPv6!.Range.PrefixBits,
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
                    Name = sandbox.Request.Name,
                    EndpointId = endpoint.EndpointId,
                    MacAddress = Mac(endpoint),
                    IPv4Address = WithPrefix(endpoint.IPv4, network.IPv4),
                    IPv6Address = WithPrefix(endpoint.IPv6, network.IPv6),
                };
            }
        }

        return containers;
    }

    private static string WithPrefix(IPAddress? address, SubnetRecord? subnet) =>
        address is null ? "" : $"{address}/{subnet!.Range.PrefixBits}";
}
