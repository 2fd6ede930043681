namespace Skep.Manager.Dispatch;

/// <summary>Bounds of what the leader keeps for nodes.</summary>
internal static class DispatchLimits
{
    /// <summary>Task states that wait to be written; a node that reports more is told to come again.</summary>
    public const int PendingTaskStatuses = 100_000;

    /// <summary>States in one report of a node: SwarmKit's agents send at most 1,024.</summary>
    public const int StatusesPerReport = 10_000;

    /// <summary>
    /// New sessions that a node may ask for in <see cref="DispatchTimings.RateWindow"/>, as in SwarmKit.
    /// </summary>
    public const int RegistrationsPerWindow = 3;

    /// <summary>Streams that one session may have open: two, and those that a lost connection left.</summary>
    public const int StreamsPerSession = 16;

    /// <summary>How long a node waits until its registration is committed.</summary>
    public static readonly TimeSpan Registration = TimeSpan.FromSeconds(10);

    /// <summary>Between looks at what has come due.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Between two looks, as far as it counts for nodes: four looks. What is longer, the manager stood still.
    /// </summary>
    public static readonly TimeSpan LookGap = 4 * Look;

    /// <summary>Before a write that failed is tried again.</summary>
    public static readonly TimeSpan WriteAgain = TimeSpan.FromMilliseconds(200);
}
