using Skep.Swarm.Objects;

namespace Skep.Swarm.ServiceLogs;

/// <summary>A line that a task wrote.</summary>
public sealed record SwarmLogLine
{
    public ServiceId ServiceId { get; init; }

    public NodeId NodeId { get; init; }

    public TaskId TaskId { get; init; }

    public SwarmTime? Time { get; init; }

    public LogOrigin Origin { get; init; }

    /// <summary>As the container wrote it, with the line's end.</summary>
    public Bytes Data { get; init; }

    /// <summary>Labels and variables that the log's options ask to be shown.</summary>
    public ValueList<(string Key, string Value)> Details { get; init; }
}
