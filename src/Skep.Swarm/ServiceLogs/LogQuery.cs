using Skep.Swarm.Objects;

namespace Skep.Swarm.ServiceLogs;

/// <summary>Which lines of the selected logs are wanted.</summary>
public sealed record LogQuery
{
    /// <summary>Lines of these streams only; empty: of all.</summary>
    public ValueList<LogOrigin> Streams { get; init; }

    /// <summary>Goes on with new lines, until the reader has enough.</summary>
    public bool Follow { get; init; }

    /// <summary>Of each task only this many lines at the end, and those that follow; null: all.</summary>
    public long? Last { get; init; }

    /// <summary>Only lines written after this time.</summary>
    public SwarmTime? Since { get; init; }
}

/// <summary>The stream of the container that a line was written to.</summary>
public enum LogOrigin
{
    Unknown = 0,
    Stdout = 1,
    Stderr = 2,
}
