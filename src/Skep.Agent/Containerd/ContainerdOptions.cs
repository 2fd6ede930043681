namespace Skep.Agent.Containerd;

/// <summary>Which containerd the daemon stands on, and how a private one is run.</summary>
public sealed record ContainerdOptions
{
    /// <summary>Socket of a containerd that somebody else runs (--containerd). Null: a private one.</summary>
    public string? Address { get; init; }

    /// <summary>containerd's own log level: trace, debug, info, warn, error or fatal.</summary>
    public string LogLevel { get; init; } = "warn";

    /// <summary>The kernel's out-of-memory score adjustment of the private containerd; 0 leaves ours.</summary>
    public int OomScoreAdjust { get; init; }

    /// <summary>Name or path of the program.</summary>
    public string Program { get; init; } = "containerd";
}
