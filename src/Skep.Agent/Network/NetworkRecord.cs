using System.Net;
using Skep.Agent.Network.Addresses;

namespace Skep.Agent.Network;

/// <summary>
/// A network as it is written to disk: what the user asked, and what it got. Never changed, only replaced.
/// </summary>
public sealed record NetworkRecord
{
    public const string Bridge = "bridge", Host = "host", Null = "null", Overlay = "overlay";

    /// <summary>Docker's name of the bridge by which containers of the swarm's networks reach the world.</summary>
    public const string GatewayBridge = "docker_gwbridge";

    public required string Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>bridge, host, null, or overlay: a network of the swarm.</summary>
    public required string Driver { get; init; }

    public bool EnableIPv6 { get; init; }
    public bool IsInternal { get; init; }
    public bool IsAttachable { get; init; }
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string>? IpamOptions { get; init; }

    /// <summary>IPv4 first. Empty for host and null.</summary>
    public IReadOnlyList<SubnetRecord> Subnets { get; init; } = [];

    /// <summary>The routing mesh's network.</summary>
    public bool IsIngress { get; init; }

    /// <summary>Between nodes its packets are encrypted.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The VXLAN identifier of an overlay network; 0 for the others.</summary>
    public uint Vni { get; init; }

    /// <summary>Name of the bridge's link; empty for host, null and overlay.</summary>
    public string LinkName { get; init; } = "";

    /// <summary>The link was there before the network: it is used, but never removed.</summary>
    public bool IsLinkForeign { get; init; }

    /// <summary>bridge, host and none: made by us, not removable.</summary>
    public bool IsPredefined => Predefined.Contains(Name);

    /// <summary>The network of containers that name none; it has no names and no fixed addresses.</summary>
    public bool IsDefaultBridge => Name == "bridge";

    public bool IsOverlay => Driver == Overlay;

    public SubnetRecord? IPv4 => Subnets.FirstOrDefault(s => s.Range.IsIPv4);

    public SubnetRecord? IPv6 => Subnets.FirstOrDefault(s => !s.Range.IsIPv4);

    /// <summary>The subnet that an address of an endpoint is in.</summary>
    public SubnetRecord? SubnetOf(IPAddress address) =>
        Subnets.FirstOrDefault(s => s.Range.Contains(address));

    public static IReadOnlyList<string> Predefined { get; } = ["bridge", "host", "none"];
}

/// <summary>One subnet of a network.</summary>
public sealed record SubnetRecord
{
    public required Subnet Range { get; init; }

    /// <summary>The part that containers get addresses from; null: all of it.</summary>
    public Subnet? ContainerRange { get; init; }

    public required IPAddress Gateway { get; init; }

    /// <summary>Name to an address that no container gets.</summary>
    public IReadOnlyDictionary<string, string>? AuxiliaryAddresses { get; init; }

    /// <summary>The user named it; only then may containers ask for fixed addresses.</summary>
    public bool IsChosenByUser { get; init; }

    /// <summary>
    /// The user named the gateway too: inspect shows one that he did not name only if he named no subnet.
    /// </summary>
    public bool IsGatewayChosenByUser { get; init; }
}
