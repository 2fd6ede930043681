using Skep.Docker.Engine;

namespace Skep.Agent.Network;

/// <summary>What a container that is about to start wants of the network.</summary>
public sealed record SandboxRequest
{
    public required string ContainerId { get; init; }

    /// <summary>The container's name, without a slash.</summary>
    public required string Name { get; init; }

    public required string Hostname { get; init; }
    public string Domainname { get; init; } = "";

    /// <summary>
    /// Network name or id to what is wanted on it, in the order of the interfaces: the first becomes eth0.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, EndpointSettings?>> Endpoints { get; init; } = [];

    /// <summary>Keys "80/tcp".</summary>
    public IReadOnlyCollection<string> ExposedPorts { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> PortBindings { get; init; } =
        new Dictionary<string, IReadOnlyList<PortBinding>?>();

    public bool PublishAllPorts { get; init; }

    /// <summary>--dns; empty: the daemon's, and then the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>--link on the default bridge: name in this container to the id of the other one.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>Mode "none": a namespace with nothing but loopback. Endpoints are then empty.</summary>
    public bool LoopbackOnly { get; init; }
}
