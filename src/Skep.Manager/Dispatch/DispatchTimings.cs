namespace Skep.Manager.Dispatch;

/// <summary>How patient the leader is with its nodes. Every value may be set.</summary>
public sealed record DispatchTimings
{
    /// <summary>When the swarm says nothing: SwarmKit's DefaultHeartBeatPeriod.</summary>
    public TimeSpan HeartbeatPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Periods are drawn this much around the swarm's, so that nodes do not beat together (SwarmKit).
    /// </summary>
    public TimeSpan HeartbeatJitter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Periods without a heartbeat, on a connection that is otherwise well, after which a node is down.
    /// </summary>
    public int MissedBeats { get; init; } = 3;

    /// <summary>A node that is back within it was never away: agents end a session to begin the next one.</summary>
    public TimeSpan Blip { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a node may be unreachable before it is down (decision 13).</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Periods that a new leader gives every node to come to it, as SwarmKit: twice the missed beats.
    /// </summary>
    public int UnknownBeats { get; init; } = 6;

    /// <summary>Window of the limit on registrations (SwarmKit's defaultRateLimitPeriod).</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Least time between two assignment messages to a node: the first change goes at once, and those that come while
    /// it is told go together. SwarmKit waits 100 ms before every message.
    /// </summary>
    public TimeSpan AssignmentPause { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How long a node's connection may be silent before it is pinged: a second, and more in swarms so large that the
    /// pings of all nodes would be more than some hundred a second.
    /// </summary>
    public static TimeSpan KeepAlive(int nodeCount) => TimeSpan.FromSeconds(Math.Clamp(nodeCount / 250.0, 1, 5));
}
