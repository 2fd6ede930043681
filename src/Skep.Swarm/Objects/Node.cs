namespace Skep.Swarm.Objects;

/// <summary>A machine of the swarm.</summary>
public sealed record Node : StoreObject
{
    public required NodeId Id { get; init; }

    public NodeSpec Spec { get; init; } = NodeSpec.Empty;

    /// <summary>What the agent reported about its machine.</summary>
    public NodeDescription? Description { get; init; }

    public NodeStatus Status { get; init; } = NodeStatus.Empty;

    /// <summary>Set while the node is a member of the quorum.</summary>
    public ManagerStatus? ManagerStatus { get; init; }

    /// <summary>Deprecated on the wire in favour of <see cref="Attachments"/>.</summary>
    public NetworkAttachment? Attachment { get; init; }

    public Certificate Certificate { get; init; } = Certificate.Empty;

    /// <summary>
    /// The role the authority would certify now. It follows <see cref="NodeSpec.DesiredRole"/> only after the
    /// quorum's membership was brought in line.
    /// </summary>
    public NodeRole Role { get; init; }

    public ValueList<NetworkAttachment> Attachments { get; init; }

    public uint VxlanUdpPort { get; init; }

    public override ObjectKind Kind => ObjectKind.Node;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>What a node may be.</summary>
public enum NodeRole
{
    Worker = 0,
    Manager = 1,
}

/// <summary>Whether a node was let in.</summary>
public enum NodeMembership
{
    Pending = 0,
    Accepted = 1,
}

/// <summary>Whether a node takes tasks.</summary>
public enum NodeAvailability
{
    Active = 0,
    Pause = 1,
    Drain = 2,
}

/// <summary>What the user asks of a node.</summary>
public sealed record NodeSpec
{
    public static readonly NodeSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public NodeRole DesiredRole { get; init; }

    public NodeMembership Membership { get; init; }

    public NodeAvailability Availability { get; init; }
}

/// <summary>Whether a node can be reached.</summary>
public enum NodeState
{
    Unknown = 0,
    Down = 1,
    Ready = 2,
    Disconnected = 3,
}

/// <summary>The node as the managers see it.</summary>
public sealed record NodeStatus
{
    public static readonly NodeStatus Empty = new();

    public NodeState State { get; init; }

    public string Message { get; init; } = "";

    /// <summary>The address the managers see the node's connections come from.</summary>
    public string Addr { get; init; } = "";
}

/// <summary>Whether a manager answers the other managers.</summary>
public enum Reachability
{
    Unknown = 0,
    Unreachable = 1,
    Reachable = 2,
}

/// <summary>A node as a member of the quorum.</summary>
public sealed record ManagerStatus
{
    public ulong RaftId { get; init; }

    public string Addr { get; init; } = "";

    public bool Leader { get; init; }

    public Reachability Reachability { get; init; }
}
