using Skep.Agent;
using Skep.Agent.Cgroups;
using Skep.Agent.Containerd;
using Skep.Agent.Containers;
using Skep.Agent.Images.Registry;
using Skep.Agent.Network;
using Skep.Agent.Oci;
using Skep.Daemon.Options;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>Says the daemon's options in the words of each part.</summary>
internal static class EngineOptions
{
    public static ContainerdOptions Containerd(DaemonOptions options) => new()
    {
        Address = options.ContainerdAddress,
        LogLevel = options.LogLevel == Severity.Debug ? "debug" : "warn",
        OomScoreAdjust = options.OomScoreAdjust ?? 0,
    };

    public static ContainerdClient Client(ContainerdProcess containerd, Instance instance, DaemonOptions options) =>
        new(containerd.SocketPath, instance.Name) { Snapshotter = options.Snapshotter };

    public static ContainerOptions Containers(ContainerDefaults containers) => new()
    {
        Kernel = KernelProbe.Probe(CgroupLayout.Detect()),
        CgroupParent = containers.CgroupParent,
        DefaultLog = new LogConfig { Type = containers.LogDriver, Config = containers.LogOptions },
        DefaultUlimits = containers.Ulimits,
        DefaultShmBytes = containers.ShmBytes,
        DefaultIpcMode = containers.IpcMode,
        DefaultCgroupnsMode = containers.CgroupnsMode,
        InitPath = InitBinary.Find(
            containers.InitPath, Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"),
        DefaultInit = containers.Init,
        DefaultNoNewPrivileges = containers.NoNewPrivileges,
        DefaultSeccomp = containers.SeccompProfile,
        RuntimeBinary = containers.Runtimes.GetValueOrDefault(containers.Runtime, "runc"),
    };

    public static RegistryOptions Registries(RegistrySettings registries) => new()
    {
        InsecureRegistries = registries.Insecure,
        Mirrors = [.. registries.Mirrors.Select(mirror => mirror.ToString())],
    };

    public static NetworkOptions Networks(NetworkDefaults network)
    {
        var options = new NetworkOptions
        {
            DefaultBridgeAddress = network.BridgeAddress?.ToString(),
            Mtu = network.Mtu,
            AddressPools =
            [
                .. network.AddressPools.Select(pool => new AddressPoolOption($"{pool.Range}", pool.SubnetBits)),
            ],
            DnsServers = [.. network.DnsServers.Select(server => server.ToString())],
            DnsSearch = network.DnsSearch,
            DnsOptions = network.DnsOptions,
            UserlandProxy = network.UserlandProxy,
        };
        return network.PublishAddress is { } address ? options with { DefaultPublishAddress = address } : options;
    }
}
