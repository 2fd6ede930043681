using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Agent.Networks;

/// <summary>What a node says of itself as a neighbour of others.</summary>
public sealed record PeerOffer
{
    /// <summary>Where packets of the networks go; empty: where the managers see the node's calls come from.</summary>
    public required string DataPathAddress { get; init; }

    /// <summary>This machine's own idea of its address, when no manager can see one.</summary>
    public required string LocalAddress { get; init; }

    /// <summary>32 bytes in base64; empty: the node cannot take part in encrypted networks.</summary>
    public required string WireGuardKey { get; init; }

    /// <summary>In CIDR form: what the node reaches by itself, and its name servers. Sorted.</summary>
    public required ValueList<string> Ranges { get; init; }

    /// <summary>Other nodes that packets of the networks do not reach well.</summary>
    public required ValueList<PathTrouble> Troubles { get; init; }
}
