namespace Skep.Swarm.Objects;

/// <summary>What the user asks of a task.</summary>
public sealed record TaskSpec
{
    public static readonly TaskSpec Empty = new();

    public TaskRuntime? Runtime { get; init; }

    public ResourceRequirements? Resources { get; init; }

    public RestartPolicy? Restart { get; init; }

    public Placement? Placement { get; init; }

    public Driver? LogDriver { get; init; }

    public ValueList<NetworkAttachmentConfig> Networks { get; init; }

    /// <summary>Grown by one to replace tasks although nothing else changed.</summary>
    public ulong ForceUpdate { get; init; }

    public ValueList<ResourceReference> ResourceReferences { get; init; }

    /// <summary>The runtime when it is a container, else null.</summary>
    public ContainerSpec? Container => Runtime as ContainerSpec;
}

/// <summary>What runs: a container, an attachment of a container made by hand, or something the agent knows.</summary>
public abstract record TaskRuntime;

/// <summary>A container outside the swarm's care that is attached to a network of the swarm.</summary>
public sealed record NetworkAttachmentSpec : TaskRuntime
{
    public string ContainerId { get; init; } = "";
}

/// <summary>A runtime only the agent understands, such as an engine plugin.</summary>
public sealed record GenericRuntimeSpec : TaskRuntime
{
    public string Kind { get; init; } = "";

    public AnyPayload? Payload { get; init; }
}
