using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>A network of the swarm as a node needs to know it.</summary>
public sealed record NetworkFacts
{
    public required NetworkId Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The VXLAN network identifier; the ingress network has one like any other.</summary>
    public uint Vni { get; init; }

    public bool IsIngress { get; init; }

    public bool IsInternal { get; init; }

    public bool IsAttachable { get; init; }

    public bool IsEncrypted { get; init; }

    /// <summary>In bytes; 0: what the way between the nodes allows.</summary>
    public int Mtu { get; init; }

    public ValueList<SubnetFacts> Subnets { get; init; }
}

/// <param name="Range">Such as 10.0.1.0/24, or an IPv6 one.</param>
/// <param name="Gateway">Without a prefix length; the same address on every node.</param>
public sealed record SubnetFacts(string Range, string Gateway);

/// <summary>A task's, or an attached container's, place on one network.</summary>
public sealed record EndpointFacts
{
    public required TaskId Task { get; init; }

    public required NetworkId Network { get; init; }

    public required NodeId Node { get; init; }

    /// <summary>Empty: a container that was attached by hand.</summary>
    public ServiceId Service { get; init; }

    /// <summary>The container's name, such as web.1.x2y…; empty: known by its addresses alone.</summary>
    public string Name { get; init; } = "";

    /// <summary>Without prefix lengths, at most one of each family. The MAC address follows from them.</summary>
    public ValueList<string> Addresses { get; init; }

    public ValueList<string> Aliases { get; init; }

    /// <summary>
    /// New connections may go here: the task runs, is healthy and shall go on. An endpoint that serves no more stays
    /// reachable for the connections that it has until its task has ended.
    /// </summary>
    public bool IsServing { get; init; }

    /// <summary>Its share of new connections beside the service's other tasks: see <see cref="TaskWeight"/>.</summary>
    public int Weight { get; init; } = TaskWeight.Full;
}

/// <summary>A service's place on one network.</summary>
public sealed record ServiceFacts
{
    public required ServiceId Id { get; init; }

    public required NetworkId Network { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Without prefix lengths, at most one of each family; empty: names lead to the tasks (dnsrr).</summary>
    public ValueList<string> VirtualAddresses { get; init; }

    public ValueList<string> Aliases { get; init; }
}

/// <summary>A port that every node of the swarm answers.</summary>
public sealed record PublishedPortFacts
{
    public required ServiceId Service { get; init; }

    public PortProtocol Protocol { get; init; }

    public uint PublishedPort { get; init; }

    public uint TargetPort { get; init; }

    /// <summary>Callers are shown to the tasks as the node that took them in (label skep.ingress=snat).</summary>
    public bool HidesCallers { get; init; }

    /// <summary>Tasks of the node that took the call in come first (label skep.ingress=local).</summary>
    public bool PrefersLocal { get; init; }
}

/// <summary>A node, seen as a neighbour on the way between nodes.</summary>
public sealed record PeerFacts
{
    public required NodeId Node { get; init; }

    /// <summary>From 1, never two nodes' at a time: link addresses and marks are made of it.</summary>
    public uint Index { get; init; }

    /// <summary>Where VXLAN packets for it go.</summary>
    public string DataPathAddress { get; init; } = "";

    /// <summary>32 bytes in base64; empty: it cannot take part in encrypted networks.</summary>
    public string WireGuardKey { get; init; } = "";
}
