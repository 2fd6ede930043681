using Skep.Swarm.Objects;

namespace Skep.Docker.Compose;

/// <summary>The section `deploy` of a service.</summary>
public sealed record ComposeDeploy
{
    /// <summary>replicated, global, replicated-job or global-job; null: replicated.</summary>
    public string? Mode { get; init; }

    /// <summary>From `deploy.replicas`, or `scale` where that is not said.</summary>
    public ulong? Replicas { get; init; }

    /// <summary>Labels of the service.</summary>
    public ValueMap<string> Labels { get; init; }

    public ComposeRollout? Update { get; init; }
    public ComposeRollout? Rollback { get; init; }
    public ComposeResources? Limits { get; init; }
    public ComposeResources? Reservations { get; init; }
    public ComposeRestart? Restart { get; init; }
    public ValueList<string> Constraints { get; init; }

    /// <summary>Descriptors to spread over: node.labels.zone.</summary>
    public ValueList<string> Spreads { get; init; }

    /// <summary>0: no limit.</summary>
    public ulong MaxReplicasPerNode { get; init; }

    /// <summary>vip or dnsrr; null: vip.</summary>
    public string? EndpointMode { get; init; }
}

/// <summary>How an update or a rollback goes about.</summary>
public sealed record ComposeRollout
{
    public ulong? Parallelism { get; init; }
    public long DelayNanoseconds { get; init; }

    /// <summary>pause, continue or rollback.</summary>
    public string? FailureAction { get; init; }

    public long MonitorNanoseconds { get; init; }
    public float MaxFailureRatio { get; init; }

    /// <summary>start-first or stop-first.</summary>
    public string? Order { get; init; }
}

public sealed record ComposeResources
{
    /// <summary>As written: "0.5".</summary>
    public string? Cpus { get; init; }

    /// <summary>0: not said.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Of limits only; 0: not said.</summary>
    public long Pids { get; init; }

    /// <summary>Of reservations only: how many of each kind.</summary>
    public ValueList<ComposeGenericResource> Generic { get; init; }
}

public sealed record ComposeGenericResource(string Kind, long Value);

public sealed record ComposeRestart
{
    /// <summary>none, on-failure or any.</summary>
    public string? Condition { get; init; }

    public long? DelayNanoseconds { get; init; }
    public ulong? MaxAttempts { get; init; }
    public long? WindowNanoseconds { get; init; }
}
