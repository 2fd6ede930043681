using Skep.Docker.Engine;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>Before API 1.44 the MAC address was the container's; since then it is each endpoint's.</summary>
internal static class MacAddressRules
{
    private const string Mismatch = "the container-wide MAC address must match the endpoint-specific MAC address for "
        + "the main network, or be left empty";

    private const string Deprecated = "The container-wide MacAddress field is now deprecated. It should be specified "
        + "in EndpointsConfig instead.";

    /// <returns>The container's MAC address, the networks with it, and a warning or null.</returns>
    public static (string? MacAddress, NetworkingConfig Networks, string? Warning) Apply(
        string? mac, HostConfig host, NetworkingConfig networks, ApiVersion version)
    {
        bool hasOwnNetwork = host.NetworkMode is not ("host" or "none")
            && !host.NetworkMode.StartsWith("container:", StringComparison.Ordinal);
        if (!version.IsAtLeast(1, 44))
        {
            if (string.IsNullOrEmpty(mac))
            {
                return (mac, WithoutMac(networks), null);
            }

            return hasOwnNetwork
                ? (mac, On(networks, networks.EndpointsConfig?.Keys.FirstOrDefault() ?? host.NetworkMode, mac), null)
                : throw Invalid("conflicting options: mac-address and the network mode");
        }

        if (string.IsNullOrEmpty(mac))
        {
            return (mac, networks, null);
        }

        if (!hasOwnNetwork)
        {
            return (null, networks, Deprecated);
        }

        if (networks.EndpointsConfig is { Count: > 0 } endpoints && !endpoints.ContainsKey(host.NetworkMode))
        {
            throw Invalid("unable to migrate container-wide MAC address to a specific network: "
                + "HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks");
        }

        string own = networks.EndpointsConfig?.GetValueOrDefault(host.NetworkMode)?.MacAddress ?? "";
        return own.Length == 0 || own == mac
            ? (null, On(networks, host.NetworkMode, mac), Deprecated)
            : throw Invalid(Mismatch);
    }

    private static NetworkingConfig On(NetworkingConfig networks, string network, string mac)
    {
        var endpoints = new Dictionary<string, EndpointSettings?>(
            networks.EndpointsConfig ?? new Dictionary<string, EndpointSettings?>());
        EndpointSettings settings = endpoints.GetValueOrDefault(network) ?? new EndpointSettings();
        endpoints[network] = settings with { MacAddress = mac };
        return networks with { EndpointsConfig = endpoints };
    }

    private static NetworkingConfig WithoutMac(NetworkingConfig networks) => networks with
    {
        EndpointsConfig = networks.EndpointsConfig?.ToDictionary(
            pair => pair.Key, pair => pair.Value is { } settings ? settings with { MacAddress = "" } : null),
    };

    private static RefusedException Invalid(string message) => new(ErrorKind.Invalid, message);
}
