using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>What cannot be asked for together with a network that belongs to somebody else.</summary>
internal static class NetworkModeChecks
{
    public static void Check(ContainerConfig config, HostConfig host)
    {
        string mode = host.NetworkMode;
        bool shared = mode.StartsWith("container:", StringComparison.Ordinal);
        if (mode is "container" or "container:")
        {
            throw Refused("Invalid network mode: invalid container format container:<name|id>");
        }

        if (shared)
        {
            CheckShared(config, host);
        }

        if ((shared || mode == "host") && !string.IsNullOrEmpty(config.MacAddress))
        {
            throw Refused("conflicting options: mac-address and the network mode");
        }

        if (host.UtsMode == "host" && config.Hostname.Length > 0)
        {
            throw Refused("conflicting options: hostname and the UTS mode");
        }

        if (mode == "host" && host.Links is { Count: > 0 })
        {
            throw Refused("conflicting options: host type networking can't be used with links. "
                + "This would result in undefined behavior");
        }
    }

    private static void CheckShared(ContainerConfig config, HostConfig host)
    {
        (bool Wrong, string What)[] conflicts =
        [
            (config.Hostname.Length > 0, "hostname and the network mode"),
            (host.Links is { Count: > 0 },
                "container type network can't be used with links. This would result in undefined behavior"),
            (host.Dns is { Count: > 0 }, "dns and the network mode"),
            (host.ExtraHosts is { Count: > 0 }, "custom host-to-IP mapping and the network mode"),
            (host.PortBindings is { Count: > 0 } || host.PublishAllPorts,
                "port publishing and the container type network mode"),
            (config.ExposedPorts is { Count: > 0 }, "port exposing and the container type network mode"),
        ];
        foreach ((bool wrong, string what) in conflicts)
        {
            if (wrong)
            {
                throw Refused("conflicting options: " + what);
            }
        }
    }

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
