namespace Skep.Swarm.Objects;

/// <summary>What an update does when too many of its tasks fail.</summary>
public enum UpdateFailureAction
{
    Pause = 0,
    Continue = 1,
    Rollback = 2,
}

/// <summary>Whether the old task stops before the new one starts.</summary>
public enum UpdateOrder
{
    StopFirst = 0,
    StartFirst = 1,
}

/// <summary>How an update or a rollback goes about.</summary>
public sealed record UpdateConfig
{
    /// <summary>Tasks replaced at a time; 0: all.</summary>
    public ulong Parallelism { get; init; }

    public SwarmDuration Delay { get; init; }

    public UpdateFailureAction FailureAction { get; init; }

    /// <summary>How long a new task is watched for failure.</summary>
    public SwarmDuration? Monitor { get; init; }

    public float MaxFailureRatio { get; init; }

    public UpdateOrder Order { get; init; }
}

/// <summary>How far an update has come.</summary>
public enum UpdateState
{
    Unknown = 0,
    Updating = 1,
    Paused = 2,
    Completed = 3,
    RollbackStarted = 4,
    RollbackPaused = 5,
    RollbackCompleted = 6,
}

/// <summary>How far an update has come, and when.</summary>
public sealed record UpdateStatus
{
    public UpdateState State { get; init; }

    public SwarmTime? StartedAt { get; init; }

    public SwarmTime? CompletedAt { get; init; }

    public string Message { get; init; } = "";
}

/// <summary>When an ended task is replaced.</summary>
public enum RestartCondition
{
    None = 0,
    OnFailure = 1,
    Any = 2,
}

/// <summary>When, how often and how soon an ended task is replaced.</summary>
public sealed record RestartPolicy
{
    public RestartCondition Condition { get; init; }

    public SwarmDuration? Delay { get; init; }

    /// <summary>0: no limit.</summary>
    public ulong MaxAttempts { get; init; }

    /// <summary>The time over which attempts are counted; unset or zero: since the start.</summary>
    public SwarmDuration? Window { get; init; }
}

/// <summary>Where tasks may and should run.</summary>
public sealed record Placement
{
    public ValueList<string> Constraints { get; init; }

    public ValueList<PlacementPreference> Preferences { get; init; }

    public ValueList<Platform> Platforms { get; init; }

    /// <summary>Tasks of the service per node; 0: no limit.</summary>
    public ulong MaxReplicas { get; init; }
}

/// <summary>A wish about placement.</summary>
public sealed record PlacementPreference
{
    public SpreadOver? Spread { get; init; }
}

/// <summary>Spread evenly over the values of a label.</summary>
public sealed record SpreadOver
{
    /// <summary>Such as <c>node.labels.zone</c>.</summary>
    public string SpreadDescriptor { get; init; } = "";
}
