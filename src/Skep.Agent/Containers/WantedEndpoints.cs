using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Agent.Containers;

/// <summary>Which networks a new container goes on. Pure.</summary>
internal static class WantedEndpoints
{
    /// <returns>The network of the mode first: it becomes eth0. Empty for host, none and container.</returns>
    /// <param name="isTask">
    /// A task's container is on the networks that it names and on no other, in their order.
    /// </param>
    public static IReadOnlyList<WantedEndpoint> From(
        HostConfig host, NetworkingConfig? networking, ContainerConfig config, bool isTask)
    {
        if (config.NetworkDisabled
            || host.NetworkMode is "host" or "none" || NamespaceModes.ContainerOf(host.NetworkMode) is not null)
        {
            return [];
        }

        IReadOnlyDictionary<string, EndpointSettings?> asked =
            networking?.EndpointsConfig ?? new Dictionary<string, EndpointSettings?>();
        if (isTask && asked.Count > 0 && host.NetworkMode is "default" or "")
        {
            return [.. asked.Select(pair => new WantedEndpoint(pair.Key, pair.Value))];
        }

        string mode = host.NetworkMode is "default" or "" ? "bridge" : host.NetworkMode;
        EndpointSettings? first = asked.GetValueOrDefault(mode)
            ?? (mode == "bridge" ? asked.GetValueOrDefault("default") : null);
        if (!string.IsNullOrEmpty(config.MacAddress) && string.IsNullOrEmpty(first?.MacAddress))
        {
            first = (first ?? new EndpointSettings()) with { MacAddress = config.MacAddress };
        }

        var endpoints = new List<WantedEndpoint> { new(mode, first) };
        endpoints.AddRange(asked
            .Where(pair => pair.Key != mode && pair.Key != "default")
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new WantedEndpoint(pair.Key, pair.Value)));
        return endpoints;
    }
}
