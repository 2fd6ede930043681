namespace Skep.Manager.Logs;

/// <summary>Bounds of the log broker.</summary>
internal static class LogLimits
{
    /// <summary>
    /// Calls. An agent listens once; after a broken connection its old call may still be there for a while.
    /// </summary>
    public const int ListenersPerNode = 4;

    /// <summary>Readers of logs at a time, each of which every node that has lines for it works for.</summary>
    public const int Subscriptions = 1_000;

    /// <summary>
    /// Messages of agents, of some lines each, that wait for a reader. When it is slow the agents wait, and the lines
    /// stay where they are.
    /// </summary>
    public const int WaitingMessages = 64;

    /// <summary>
    /// Tasks that a node need not be looked up for again while it sends lines for one reader; beyond it all are.
    /// </summary>
    public const int KnownTasks = 10_000;

    /// <summary>Reasons in a warning about lines that are missing; no user reads more.</summary>
    public const int Reasons = 100;

    /// <summary>
    /// How long a reader waits for a node that is ready but does not listen: after a change of leader the agents come
    /// one by one.
    /// </summary>
    public static readonly TimeSpan ListenerPatience = TimeSpan.FromSeconds(3);
}
