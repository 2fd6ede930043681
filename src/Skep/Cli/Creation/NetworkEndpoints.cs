using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

/// <summary>The networks of a new container as the request carries them.</summary>
/// <param name="Mode">HostConfig.NetworkMode: the first network.</param>
internal sealed record NetworkEndpoints(
    string Mode, IReadOnlyDictionary<string, EndpointSettings?> Endpoints, string? MainMacAddress)
{
    /// <summary>The flags of old (--ip, --network-alias, …) belong to the first network.</summary>
    /// <exception cref="FormatException">Something was said both ways.</exception>
    public static NetworkFlag Merge(NetworkFlag first, NetworkFlag plain)
    {
        Refuse(first.Aliases.Count > 0 && plain.Aliases.Count > 0, "--network-alias and per-network alias");
        Refuse(first.Links.Count > 0 && plain.Links.Count > 0, "--link and per-network links");
        Refuse(first.IPv4.Length > 0 && plain.IPv4.Length > 0, "--ip and per-network IPv4 address");
        Refuse(first.IPv6.Length > 0 && plain.IPv6.Length > 0, "--ip6 and per-network IPv6 address");
        Refuse(
            first.MacAddress.Length > 0 && plain.MacAddress.Length > 0,
            "--mac-address and per-network MAC address");
        Refuse(
            first.LinkLocalIps.Count > 0 && plain.LinkLocalIps.Count > 0,
            "--link-local-ip and per-network link-local IP addresses");
        return first with
        {
            Aliases = [.. first.Aliases, .. plain.Aliases],
            Links = [.. first.Links, .. plain.Links],
            IPv4 = first.IPv4 + plain.IPv4,
            IPv6 = first.IPv6 + plain.IPv6,
            MacAddress = first.MacAddress + plain.MacAddress,
            LinkLocalIps = [.. first.LinkLocalIps, .. plain.LinkLocalIps],
        };
    }

    /// <exception cref="FormatException">Networks that do not go together.</exception>
    public static NetworkEndpoints Of(IReadOnlyList<NetworkFlag> networks)
    {
        var endpoints = new Dictionary<string, EndpointSettings?>();
        foreach (NetworkFlag network in networks)
        {
            EndpointSettings endpoint = Endpoint(network);

            // A single network without wishes is named by the mode alone, as old daemons expect.
            if (networks.Count == 1 && network.IsPlain && network.Target != "default")
            {
                continue;
            }

            if (!endpoints.TryAdd(network.Target, endpoint))
            {
                throw new FormatException($"network \"{network.Target}\" is specified multiple times");
            }
        }

        bool isMixed = networks.Any(network => network.IsUserDefined)
            && networks.Any(network => !network.IsUserDefined);
        return isMixed
            ? throw new FormatException("conflicting options: cannot attach both user-defined and "
                + "non-user-defined network-modes")
            : new NetworkEndpoints(networks[0].Target, endpoints,
                networks[0].MacAddress is { Length: > 0 } mac ? mac : null);
    }

    private static EndpointSettings Endpoint(NetworkFlag network)
    {
        if (network.Target.Trim().Length == 0)
        {
            throw new FormatException("no name set for network");
        }

        if (!network.IsUserDefined && network.Aliases.Count > 0)
        {
            throw new FormatException("network-scoped aliases are only supported for user-defined networks");
        }

        if (!network.IsUserDefined && network.Links.Count > 0)
        {
            throw new FormatException("links are only supported for user-defined networks");
        }

        bool hasAddress = network.IPv4.Length + network.IPv6.Length + network.LinkLocalIps.Count > 0;
        return new EndpointSettings
        {
            IpamConfig = hasAddress
                ? new EndpointIpam
                {
                    IPv4Address = TextOrNull(network.IPv4),
                    IPv6Address = TextOrNull(network.IPv6),
                    LinkLocalIps = network.LinkLocalIps.Count > 0 ? network.LinkLocalIps : null,
                }
                : null,
            Links = network.Links.Count > 0 ? network.Links : null,
            Aliases = network.Aliases.Count > 0 ? network.Aliases : null,
            MacAddress = CheckMac(network.MacAddress),
            DriverOpts = network.DriverOptions.Count > 0 ? network.DriverOptions : null,
        };
    }

    private static string CheckMac(string text)
    {
        string[] parts = text.Split(':', '-');
        bool fits = text.Length == 0 || (parts.Length is 6 or 8 or 20
            && parts.All(part => part.Length == 2 && part.All(char.IsAsciiHexDigit)));
        return fits ? text : throw new FormatException($"{text} is not a valid mac address");
    }

    private static string? TextOrNull(string text) => text.Length > 0 ? text : null;

    private static void Refuse(bool isConflict, string both)
    {
        if (isConflict)
        {
            throw new FormatException($"conflicting options: cannot specify both {both}");
        }
    }
}
