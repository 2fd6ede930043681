using Skep.Docker.Engine;

namespace Skep.Agent.Network;

/// <summary>A container's network as it is: a snapshot, taken anew after connect and disconnect.</summary>
public sealed record Sandbox
{
    public required string ContainerId { get; init; }

    /// <summary>64 digits, new with every start.</summary>
    public required string SandboxId { get; init; }

    /// <summary>Where the network namespace is mounted; goes into the runtime's spec. Empty: the host's.</summary>
    public required string NetnsPath { get; init; }

    /// <summary>What Docker shows as SandboxKey: the same path.</summary>
    public string SandboxKey => NetnsPath;

    /// <summary>Keys "80/tcp"; null value: exposed, not published.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Ports { get; init; }

    /// <summary>Network name to the endpoint there, with addresses filled in.</summary>
    public required IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; }

    /// <summary>Content of the container's /etc/resolv.conf.</summary>
    public required string ResolvConf { get; init; }

    /// <summary>Lines of /etc/hosts that name this container, and its links on the default bridge.</summary>
    public required IReadOnlyList<HostsEntry> HostsEntries { get; init; }

    /// <summary>What "docker inspect" shows, with the default bridge's endpoint repeated for old clients.</summary>
    public required NetworkSettings Settings { get; init; }
}

/// <summary>One line of /etc/hosts.</summary>
public sealed record HostsEntry(string Address, IReadOnlyList<string> Names);
