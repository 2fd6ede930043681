namespace Skep.Agent.Networks;

/// <summary>Bounds of a node's dealings with networks of the swarm.</summary>
internal static class NetworkSessionLimits
{
    /// <summary>Before a call that failed is made again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>For the answer to what a node says of itself.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    /// <summary>Between looks at whether what the node says of itself has changed.</summary>
    public static readonly TimeSpan Describe = TimeSpan.FromSeconds(10);

    /// <summary>Between writes of the last known state, which is only for a start without a manager.</summary>
    public static readonly TimeSpan SavePause = TimeSpan.FromMilliseconds(100);

    /// <summary>For a task to be out of the way of new traffic, with the way to the leader and back.</summary>
    public static readonly TimeSpan Withdrawal = TimeSpan.FromSeconds(6);

    /// <summary>Between looks at whether there are connections left.</summary>
    public static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Looks without a connection, one after another, after which none comes: what was sent before the last node
    /// confirmed may still be on its way at the first.
    /// </summary>
    public const int QuietLooks = 3;

    /// <summary>For a program that was started to listen on the ports that the swarm publishes for it.</summary>
    public static readonly TimeSpan Listen = TimeSpan.FromSeconds(2);

    /// <summary>Between looks at whether it listens.</summary>
    public static readonly TimeSpan ListenLook = TimeSpan.FromMilliseconds(20);

    /// <summary>Between tries of the ways to other nodes, and before the first.</summary>
    public static readonly TimeSpan PathPause = TimeSpan.FromSeconds(20);

    /// <summary>For an answer of another node to one packet.</summary>
    public static readonly TimeSpan PathAnswer = TimeSpan.FromSeconds(2);

    /// <summary>Packets that must be lost one after another before a way counts as broken.</summary>
    public const int PathAttempts = 4;

    /// <summary>Ways that are tried at one time.</summary>
    public const int PathsAtOnce = 8;

    /// <summary>Bytes of the file of the last known state: 100,000 endpoints fit.</summary>
    public const int StateBytes = 64 << 20;

    /// <summary>Ranges that a node reports.</summary>
    public const int Ranges = 256;

    /// <summary>
    /// Lines of each of the kernel's tables of routes that ranges are looked for in: with more, most are routes to
    /// elsewhere that a router learned, and not all of them could be reported.
    /// </summary>
    public const int RouteLines = 40 * Ranges;
}
