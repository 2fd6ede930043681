namespace Skep.SwarmMode;

/// <summary>What a new swarm is made with. Addresses are as the user wrote them.</summary>
public sealed record InitOptions
{
    /// <summary>Where the cluster services listen: an address or an interface, with a port or not.</summary>
    public required string ListenAddress { get; init; }

    /// <summary>What other nodes are told; "": the machine's only address.</summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>Where the traffic of overlays goes, without a port; "": the advertised address.</summary>
    public required string DataPathAddress { get; init; }

    /// <summary>UDP port of the overlays; 0: the usual one.</summary>
    public required uint DataPathPort { get; init; }

    /// <summary>Makes a swarm of one manager of what this node still knows of its swarm.</summary>
    public required bool ForceNewCluster { get; init; }

    public required bool AutoLockManagers { get; init; }

    /// <summary>Ranges that overlays take their subnets from, in CIDR form; empty: the built-in one.</summary>
    public required IReadOnlyList<string> DefaultAddressPools { get; init; }

    /// <summary>Prefix length of each subnet; 0: 24.</summary>
    public required uint SubnetSize { get; init; }

    /// <summary>active, pause or drain; "": active.</summary>
    public required string Availability { get; init; }
}

/// <summary>How a node joins a swarm. Addresses are as the user wrote them.</summary>
public sealed record JoinOptions
{
    /// <summary>Where the cluster services listen: an address or an interface, with a port or not.</summary>
    public required string ListenAddress { get; init; }

    /// <summary>What other nodes are told; "": the address that the manager sees us come from.</summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>Where the traffic of overlays goes, without a port; "": the advertised address.</summary>
    public required string DataPathAddress { get; init; }

    /// <summary>Managers to ask, each with a port; at least one.</summary>
    public required IReadOnlyList<string> RemoteAddresses { get; init; }

    /// <summary>A secret: never shown, never logged.</summary>
    public required string JoinToken { get; init; }

    /// <summary>active, pause or drain; "": active.</summary>
    public required string Availability { get; init; }
}
