using System.Collections.Immutable;
using System.Net;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>How this daemon shall be, checked once and never changed.</summary>
public sealed record DaemonOptions
{
    public required string DataRoot { get; init; }

    public required string ExecRoot { get; init; }

    public required string PidFile { get; init; }

    /// <summary>The file that was read; null: there is none. A reload reads it again.</summary>
    public required string? ConfigFile { get; init; }

    public required Severity LogLevel { get; init; }

    /// <summary>key=value, as they were given.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Where the API is served; at least one.</summary>
    public required ImmutableArray<HostAddress> Hosts { get; init; }

    /// <summary>Group of the unix sockets; null: docker, if there is such a group.</summary>
    public required string? SocketGroup { get; init; }

    /// <summary>Certificates of the TCP addresses; null: they are served without TLS, as somebody asked for.</summary>
    public required TlsFiles? Tls { get; init; }

    /// <summary>Socket of a given containerd; null: a private one.</summary>
    public required string? ContainerdAddress { get; init; }

    /// <summary>containerd's snapshotter that keeps layers and container file systems.</summary>
    public required string Snapshotter { get; init; }

    /// <summary>Whether containers outlive an orderly end of the daemon.</summary>
    public required bool LiveRestore { get; init; }

    /// <summary>How long containers may take to stop when they end with the daemon; negative: for ever.</summary>
    public required int ShutdownTimeoutSeconds { get; init; }

    /// <summary>null: left as it is.</summary>
    public required int? OomScoreAdjust { get; init; }

    public required IPEndPoint? MetricsAddress { get; init; }

    public required NetworkDefaults Network { get; init; }

    public required RegistrySettings Registries { get; init; }

    public required ContainerDefaults Containers { get; init; }

    public required SwarmDefaults Swarm { get; init; }

    /// <summary>The flags that were set and change nothing here, to be named in the log.</summary>
    public required ImmutableArray<DaemonFlag> WithoutEffect { get; init; }
}

/// <summary>Files with the certificates of the API.</summary>
/// <param name="Authority">Who signs the certificates of the clients.</param>
public sealed record TlsFiles(string Authority, string Certificate, string Key);

/// <summary>What networks have when a request says nothing else.</summary>
public sealed record NetworkDefaults
{
    /// <summary>Address and prefix of the default bridge; null: from the pools.</summary>
    public required IPNetworkAddress? BridgeAddress { get; init; }

    public required int Mtu { get; init; }

    /// <summary>Where ports are published when the request names no host address; null: everywhere.</summary>
    public required IPAddress? PublishAddress { get; init; }

    public required ImmutableArray<AddressPool> AddressPools { get; init; }

    public required ImmutableArray<IPAddress> DnsServers { get; init; }

    public required ImmutableArray<string> DnsSearch { get; init; }

    public required ImmutableArray<string> DnsOptions { get; init; }

    /// <summary>Whether callers over IPv6 reach published ports of containers without it.</summary>
    public required bool UserlandProxy { get; init; }
}

/// <summary>An address with the length of its network's prefix: 172.17.0.1/16.</summary>
public sealed record IPNetworkAddress(IPAddress Address, int PrefixBits)
{
    public override string ToString() => $"{Address}/{PrefixBits}";
}

/// <summary>A range that networks without a subnet get theirs from.</summary>
/// <param name="SubnetBits">Prefix length of each network.</param>
public sealed record AddressPool(IPNetwork Range, int SubnetBits);

/// <summary>How registries are spoken to.</summary>
public sealed record RegistrySettings
{
    /// <summary>Host names with port, or CIDR ranges, that may be spoken to without TLS.</summary>
    public required ImmutableArray<string> Insecure { get; init; }

    /// <summary>Mirrors of Docker Hub, in the order they are asked.</summary>
    public required ImmutableArray<Uri> Mirrors { get; init; }
}

/// <summary>What this machine tells a swarm when a request says nothing else.</summary>
/// <param name="AdvertiseAddress">Address or name of an interface; empty: the machine's only address.</param>
/// <param name="GenericResources">NAME=COUNT or NAME=ID, as they were given.</param>
public sealed record SwarmDefaults(string AdvertiseAddress, ImmutableArray<string> GenericResources);

/// <summary>What containers have when a request says nothing else.</summary>
public sealed record ContainerDefaults
{
    /// <summary>Parent cgroup; null: the instance's own.</summary>
    public required string? CgroupParent { get; init; }

    /// <summary>Runtimes beside runc, by name: path of the program.</summary>
    public required ImmutableSortedDictionary<string, string> Runtimes { get; init; }

    /// <summary>Name of the runtime that containers have.</summary>
    public required string Runtime { get; init; }

    public required ImmutableArray<Ulimit> Ulimits { get; init; }

    public required long ShmBytes { get; init; }

    public required bool Init { get; init; }

    /// <summary>Program that --init runs as process 1; null: the usual ones are looked for.</summary>
    public required string? InitPath { get; init; }

    public required string LogDriver { get; init; }

    public required ImmutableSortedDictionary<string, string> LogOptions { get; init; }

    public required bool NoNewPrivileges { get; init; }

    /// <summary>"builtin", "unconfined", or the file that <see cref="SeccompProfile"/> was read from.</summary>
    public required string SeccompProfileName { get; init; }

    /// <summary>"unconfined" or a profile's JSON, for containers that do not say; null: what is built in.</summary>
    public required string? SeccompProfile { get; init; }

    /// <summary>private or host; null: what the machine's cgroup version suggests.</summary>
    public required string? CgroupnsMode { get; init; }

    /// <summary>private or shareable.</summary>
    public required string IpcMode { get; init; }
}
