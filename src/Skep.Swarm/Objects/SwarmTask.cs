namespace Skep.Swarm.Objects;

/// <summary>One run of a service's container, bound to one node for all its life.</summary>
public sealed record SwarmTask : StoreObject
{
    public required TaskId Id { get; init; }

    public TaskSpec Spec { get; init; } = TaskSpec.Empty;

    /// <summary>Which edition of the service's spec this task was made from.</summary>
    public ObjectVersion? SpecVersion { get; init; }

    public ServiceId ServiceId { get; init; }

    /// <summary>The place in a replicated service, from 1; 0 for tasks bound to a node.</summary>
    public ulong Slot { get; init; }

    /// <summary>Empty while no node was chosen.</summary>
    public NodeId NodeId { get; init; }

    public Annotations Annotations { get; init; } = Annotations.Empty;

    /// <summary>The service's name and labels when the task was made.</summary>
    public Annotations ServiceAnnotations { get; init; } = Annotations.Empty;

    public SwarmTaskStatus Status { get; init; } = SwarmTaskStatus.Empty;

    public TaskState DesiredState { get; init; }

    public ValueList<NetworkAttachment> Networks { get; init; }

    public Endpoint? Endpoint { get; init; }

    public Driver? LogDriver { get; init; }

    public ValueList<GenericResource> AssignedGenericResources { get; init; }

    public ObjectVersion? JobIteration { get; init; }

    public ValueList<VolumeAttachment> Volumes { get; init; }

    public override ObjectKind Kind => ObjectKind.Task;

    public override string RawId => Id.Value;

    public override Annotations Naming => Annotations;
}

/// <summary>The life of a task. A task only ever moves forward, so the order of the numbers means something.</summary>
public enum TaskState
{
    New = 0,
    Pending = 64,
    Assigned = 192,
    Accepted = 256,
    Preparing = 320,
    Ready = 384,
    Starting = 448,
    Running = 512,
    Complete = 576,
    Shutdown = 640,
    Failed = 704,
    Rejected = 768,
    Remove = 800,
    Orphaned = 832,
}

/// <summary>How far a task has come, and why.</summary>
public sealed record SwarmTaskStatus
{
    public static readonly SwarmTaskStatus Empty = new();

    public SwarmTime? Timestamp { get; init; }

    public TaskState State { get; init; }

    public string Message { get; init; } = "";

    public string Err { get; init; } = "";

    public ContainerStatus? Container { get; init; }

    public PortStatus? PortStatus { get; init; }

    /// <summary>The node that gave the status to the store.</summary>
    public NodeId AppliedBy { get; init; }

    public SwarmTime? AppliedAt { get; init; }
}

/// <summary>The container of a task.</summary>
public sealed record ContainerStatus
{
    public string ContainerId { get; init; } = "";

    public int Pid { get; init; }

    public int ExitCode { get; init; }
}

/// <summary>The ports a task has published on its own node.</summary>
public sealed record PortStatus
{
    public ValueList<PortConfig> Ports { get; init; }
}

/// <summary>A volume that a task was given.</summary>
public sealed record VolumeAttachment
{
    public VolumeId Id { get; init; }

    public string Source { get; init; } = "";

    public string Target { get; init; } = "";
}
