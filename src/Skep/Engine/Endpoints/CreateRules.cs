using Skep.Docker.Engine;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>What a create request means in the version of the API that its client speaks.</summary>
/// <remarks>A field that is newer than the client's version is what its zero value is; pure.</remarks>
internal static class CreateRules
{
    /// <exception cref="RefusedException">A combination that the version does not allow.</exception>
    public static (CreateContainerRequest Request, IReadOnlyList<string> Warnings) Apply(
        CreateContainerRequest request, ApiVersion version)
    {
        HostConfig host = request.HostConfig ?? new HostConfig();
        (host, NetworkingConfig networks) = DefaultNetwork(host, request.NetworkingConfig ?? new NetworkingConfig());
        host = ForVersion(host, version);
        CheckMounts(host.Mounts ?? [], version);
        HealthConfig? health = request.Healthcheck;
        if (!version.IsAtLeast(1, 44))
        {
            health = health is null ? null : health with { StartInterval = 0 };
            if (networks.EndpointsConfig is { Count: > 1 } several)
            {
                throw Invalid("Container cannot be created with multiple network endpoints: "
                    + string.Join(", ", several.Keys));
            }
        }

        (string? mac, networks, string? warning) = MacAddressRules.Apply(request.MacAddress, host, networks, version);
        return (
            request with
            {
                HostConfig = host, NetworkingConfig = networks, Healthcheck = health, MacAddress = mac,
            },
            warning is null ? [] : [warning]);
    }

    // "default" is every platform's word for its own network; here that is the bridge.
    private static (HostConfig, NetworkingConfig) DefaultNetwork(HostConfig host, NetworkingConfig networks)
    {
        if (host.NetworkMode is not ("" or "default"))
        {
            return (host, networks);
        }

        var endpoints = new Dictionary<string, EndpointSettings?>(
            networks.EndpointsConfig ?? new Dictionary<string, EndpointSettings?>());
        if (endpoints.Remove("default", out EndpointSettings? settings))
        {
            endpoints["bridge"] = settings;
        }

        return (host with { NetworkMode = "bridge" }, networks with { EndpointsConfig = endpoints });
    }

    private static HostConfig ForVersion(HostConfig host, ApiVersion version)
    {
        if (!version.IsAtLeast(1, 25))
        {
            host = host with { AutoRemove = false };
        }

        if (!version.IsAtLeast(1, 40))
        {
            host = host with { KernelMemoryTCP = 0, IpcMode = host.IpcMode.Length == 0 ? "shareable" : host.IpcMode };
        }

        host = version.IsAtLeast(1, 42)
            ? host with { KernelMemory = 0 }
            : host with { ConsoleSize = null, Mounts = MountsBefore142(host.Mounts, version) };
        if (!version.IsAtLeast(1, 43))
        {
            host = host with { Annotations = null };
        }

        return host.PidsLimit <= 0 ? host with { PidsLimit = null } : host;
    }

    // Before 1.42 options of another type of mount were passed over.
    private static IReadOnlyList<Mount>? MountsBefore142(IReadOnlyList<Mount>? mounts, ApiVersion version) =>
        mounts is null
            ? null
            : [.. mounts.Select(mount => mount with
            {
                VolumeOptions = mount.Type == "volume" ? mount.VolumeOptions : null,
                TmpfsOptions = mount.Type == "tmpfs" ? mount.TmpfsOptions : null,
                BindOptions = mount.BindOptions is { } bind
                    ? bind with
                    {
                        CreateMountpoint = false, NonRecursive = bind.NonRecursive && version.IsAtLeast(1, 40),
                    }
                    : null,
            })];

    private static void CheckMounts(IReadOnlyList<Mount> mounts, ApiVersion version)
    {
        foreach (Mount mount in mounts)
        {
            if (version.IsAtLeast(1, 42))
            {
                RequireType(mount, mount.VolumeOptions, "VolumeOptions", "volume");
                RequireType(mount, mount.BindOptions, "BindOptions", "bind");
                RequireType(mount, mount.TmpfsOptions, "TmpfsOptions", "tmpfs");
            }

            if (!version.IsAtLeast(1, 44) && mount is { Type: "bind", BindOptions.ReadOnlyForceRecursive: true })
            {
                throw Invalid("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
            }

            if (!version.IsAtLeast(1, 45) && mount.VolumeOptions?.Subpath is { Length: > 0 })
            {
                throw Invalid("VolumeOptions.Subpath needs API v1.45 or newer");
            }
        }
    }

    private static void RequireType(Mount mount, object? options, string name, string type)
    {
        if (options is not null && mount.Type != type)
        {
            throw Invalid($"{name} must not be specified on mount type \"{mount.Type}\"");
        }
    }

    private static RefusedException Invalid(string message) => new(ErrorKind.Invalid, message);
}
