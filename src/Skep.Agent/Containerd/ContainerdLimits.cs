namespace Skep.Agent.Containerd;

/// <summary>Bounds on the supervision of containerd.</summary>
internal static class ContainerdLimits
{
    /// <summary>Bytes of a unix socket's path: sun_path has 108 with the closing zero (unix(7)).</summary>
    public const int SocketPathBytes = 107;

    /// <summary>A longer log file is moved aside; one older file is kept, so twice this is the most.</summary>
    public const long LogFileBytes = 8 << 20;

    /// <summary>From its start to its first answer. The database of a big host takes seconds to open.</summary>
    public static readonly TimeSpan StartWait = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at whether a starting containerd serves.</summary>
    public static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Between two health checks of a running one, and as long as one may take.</summary>
    public static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(10);

    /// <summary>Health checks in a row that fail before a private containerd is taken for hung and replaced.</summary>
    public const int HealthFailureCount = 3;

    /// <summary>Before a second start in a row; doubled by each further one up to the longest.</summary>
    public static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(200);

    public static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(10);

    /// <summary>A containerd that ran this long was well: the next start waits for nothing.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromSeconds(10);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public static readonly TimeSpan StopWait = TimeSpan.FromSeconds(10);
}
