namespace Skep.Agent.Session;

/// <summary>Bounds of an agent's dealings with managers. The times are SwarmKit's.</summary>
internal static class SessionLimits
{
    /// <summary>From the call for a session to its first message.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(5);

    /// <summary>For the answer to a heartbeat or a report.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>For a place on a network: the manager waits until it has given one, or knows that it cannot.</summary>
    public static readonly TimeSpan Attach = TimeSpan.FromSeconds(20);

    /// <summary>The pause after a first failure is below it.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>No pause is longer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Between looks at whether this machine's description has changed.</summary>
    public static readonly TimeSpan Describe = TimeSpan.FromSeconds(20);

    /// <summary>Used when a manager says nothing sensible about heartbeats.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions of logs that a node serves at a time, as many as a manager has.</summary>
    public const int LogSubscriptions = 1_000;

    /// <summary>Lines of logs in one message: with lines of 16 KiB it stays below the 4 MiB of a call.</summary>
    public const int LogLinesAtOnce = 100;

    /// <summary>Managers that an agent remembers; a swarm has 7 at most, sensibly.</summary>
    public const int Managers = 128;
}
