namespace Skep.Swarm.Objects;

/// <summary>A volume of the swarm, made and moved by a storage plugin.</summary>
public sealed record Volume : StoreObject
{
    public required VolumeId Id { get; init; }

    public VolumeSpec Spec { get; init; } = VolumeSpec.Empty;

    public ValueList<VolumePublishStatus> PublishStatus { get; init; }

    public VolumeInfo? VolumeInfo { get; init; }

    public bool PendingDelete { get; init; }

    public override ObjectKind Kind => ObjectKind.Volume;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>Whether a volume takes new users.</summary>
public enum VolumeAvailability
{
    Active = 0,
    Pause = 1,
    Drain = 2,
}

/// <summary>What the user asks of a volume.</summary>
public sealed record VolumeSpec
{
    public static readonly VolumeSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public string Group { get; init; } = "";

    public Driver? Driver { get; init; }

    public VolumeAccessMode? AccessMode { get; init; }

    public ValueList<VolumeSecret> Secrets { get; init; }

    public TopologyRequirement? AccessibilityRequirements { get; init; }

    public CapacityRange? CapacityRange { get; init; }

    public VolumeAvailability Availability { get; init; }
}

/// <summary>How far the publishing of a volume on a node has come.</summary>
public enum VolumePublishState
{
    PendingPublish = 0,
    Published = 1,
    PendingNodeUnpublish = 2,
    PendingUnpublish = 3,
}

/// <summary>A volume on one node.</summary>
public sealed record VolumePublishStatus
{
    public NodeId NodeId { get; init; }

    public VolumePublishState State { get; init; }

    public ValueMap<string> PublishContext { get; init; }

    public string Message { get; init; } = "";
}

/// <summary>The volume as its plugin knows it.</summary>
public sealed record VolumeInfo
{
    public long CapacityBytes { get; init; }

    public ValueMap<string> VolumeContext { get; init; }

    /// <summary>The plugin's own name for the volume; empty: not made yet.</summary>
    public string VolumeId { get; init; } = "";

    public ValueList<Topology> AccessibleTopology { get; init; }
}

/// <summary>What a node needs to use a volume.</summary>
public sealed record VolumeAssignment
{
    public VolumeId Id { get; init; }

    public string VolumeId { get; init; } = "";

    public Driver? Driver { get; init; }

    public ValueMap<string> VolumeContext { get; init; }

    public ValueMap<string> PublishContext { get; init; }

    public VolumeAccessMode? AccessMode { get; init; }

    public ValueList<VolumeSecret> Secrets { get; init; }
}
