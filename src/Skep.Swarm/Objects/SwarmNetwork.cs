namespace Skep.Swarm.Objects;

/// <summary>A network that reaches over the nodes of the swarm.</summary>
public sealed record SwarmNetwork : StoreObject
{
    public required NetworkId Id { get; init; }

    public NetworkSpec Spec { get; init; } = NetworkSpec.Empty;

    public Driver? DriverState { get; init; }

    /// <summary>The subnets in use; these need not be those of the spec.</summary>
    public IpamOptions? Ipam { get; init; }

    public bool PendingDelete { get; init; }

    public AnyPayload? Extra { get; init; }

    public override ObjectKind Kind => ObjectKind.Network;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>What the user asks of a network.</summary>
public sealed record NetworkSpec
{
    public static readonly NetworkSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public Driver? DriverConfig { get; init; }

    public bool Ipv6Enabled { get; init; }

    public bool Internal { get; init; }

    public IpamOptions? Ipam { get; init; }

    /// <summary>Containers outside the swarm's care may be attached by hand.</summary>
    public bool Attachable { get; init; }

    /// <summary>This network carries the routing mesh.</summary>
    public bool Ingress { get; init; }

    /// <summary>The name of each node's own network that configures this one; null: none.</summary>
    public string? ConfigFrom { get; init; }
}

/// <summary>The subnets of a network and who gives addresses out.</summary>
public sealed record IpamOptions
{
    public Driver? Driver { get; init; }

    public ValueList<IpamConfig> Configs { get; init; }
}

/// <summary>Address families, by their number on the wire.</summary>
public enum IpamFamily
{
    Unknown = 0,
    Ipv4 = 4,
    Ipv6 = 6,
}

/// <summary>One subnet.</summary>
public sealed record IpamConfig
{
    public IpamFamily Family { get; init; }

    public string Subnet { get; init; } = "";

    public string Range { get; init; } = "";

    public string Gateway { get; init; } = "";

    public ValueMap<string> Reserved { get; init; }
}

/// <summary>A task's or node's place on one network.</summary>
public sealed record NetworkAttachment
{
    /// <summary>The whole network, so that an agent needs nothing else.</summary>
    public SwarmNetwork? Network { get; init; }

    public ValueList<string> Addresses { get; init; }

    public ValueList<string> Aliases { get; init; }

    public ValueMap<string> DriverAttachmentOpts { get; init; }
}

/// <summary>A wish to be on a network.</summary>
public sealed record NetworkAttachmentConfig
{
    /// <summary>The network's id or name.</summary>
    public string Target { get; init; } = "";

    public ValueList<string> Aliases { get; init; }

    public ValueList<string> Addresses { get; init; }

    public ValueMap<string> DriverAttachmentOpts { get; init; }
}
