using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Skep.Agent.Network.Addresses;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>What may be asked of an endpoint, and which endpoint leads out. Pure.</summary>
internal static class EndpointRules
{
    /// <exception cref="RefusedException">All faults, in Docker's words.</exception>
    public static void Validate(NetworkRecord network, EndpointSettings settings)
    {
        var faults = new List<string>();
        EndpointIpam wanted = settings.IpamConfig ?? new EndpointIpam();
        if (network.IsPredefined)
        {
            if (!string.IsNullOrEmpty(wanted.IPv4Address) || !string.IsNullOrEmpty(wanted.IPv6Address))
            {
                faults.Add("user specified IP address is supported on user defined networks only");
            }

            if (settings.Aliases is { Count: > 0 })
            {
                faults.Add("network-scoped alias is supported only for containers in user defined networks");
            }
        }

        if (network.IsOverlay && settings.MacAddress.Length > 0)
        {
            faults.Add("on networks of the swarm a hardware address follows from the IP address");
        }

        AddAddressFault(faults, wanted.IPv4Address, network, AddressFamily.InterNetwork, "IPv4");
        AddAddressFault(faults, wanted.IPv6Address, network, AddressFamily.InterNetworkV6, "IPv6");
        if (settings.MacAddress.Length > 0 && !MacAddresses.TryParse(settings.MacAddress, out _))
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid MAC address {settings.MacAddress}");
        }

        if (faults.Count > 0)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid endpoint settings:\n" + string.Join('\n', faults));
        }
    }

    /// <summary>The network that an endpoint names, by its id if it has one.</summary>
    public static string NetworkOf(string name, EndpointSettings? settings) =>
        settings?.NetworkId is { Length: > 0 } id ? id : name;

    public static PhysicalAddress MacOf(EndpointSettings settings, IPAddress address) =>
        MacAddresses.TryParse(settings.MacAddress, out PhysicalAddress mac) ? mac : MacAddresses.Of(address);

    /// <summary>
    /// The endpoint whose gateway is the container's way out and whose address is published: the first, by network
    /// name, that is on a bridge and not internal. The hidden one is used when there is no other.
    /// </summary>
    public static EndpointRecord? FindGateway(
        IEnumerable<EndpointRecord> endpoints, Func<string, NetworkRecord?> networkOf) => endpoints
        .Select(e => (Endpoint: e, Network: networkOf(e.NetworkId)))
        .Where(e => e.Network is { Driver: NetworkRecord.Bridge, IsInternal: false })
        .OrderBy(e => e.Endpoint.IsHidden)
        .ThenBy(e => e.Network!.Name, StringComparer.Ordinal)
        .Select(e => e.Endpoint)
        .FirstOrDefault();

    /// <summary>Whether a container on these networks needs one more to reach the world.</summary>
    public static bool NeedsWayOut(IReadOnlyCollection<NetworkRecord> networks) =>
        networks.Any(n => n is { IsOverlay: true, IsInternal: false })
        && !networks.Any(n => n is { Driver: NetworkRecord.Bridge, IsInternal: false });

    /// <summary>The first name ethN that is free.</summary>
    public static string FreeInnerLink(IReadOnlyCollection<EndpointRecord> endpoints)
    {
        for (int number = 0; ; number++)
        {
            string name = $"eth{number}";
            if (!endpoints.Any(e => e.InnerLink == name))
            {
                return name;
            }
        }
    }

    private static void AddAddressFault(
        List<string> faults, string? text, NetworkRecord network, AddressFamily family, string familyName)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (!Subnet.TryParseAddress(text, out IPAddress? address) || address.AddressFamily != family
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            faults.Add($"invalid {familyName} address: {text}");
            return;
        }

        SubnetRecord[] chosen =
        [
            .. network.Subnets.Where(s => s.IsChosenByUser && s.Range.IsIPv4 == (family == AddressFamily.InterNetwork)),
        ];
        if (chosen.Length == 0)
        {
            faults.Add(
                "user specified IP address is supported only when connecting to networks with user configured subnets");
        }
        else if (!Array.Exists(chosen, s => s.Range.Contains(address)))
        {
            faults.Add($"no configured subnet or ip-range contain the IP address {text}");
        }
    }
}
