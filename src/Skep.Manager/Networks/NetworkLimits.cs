namespace Skep.Manager.Networks;

/// <summary>Bounds of what managers tell nodes of networks.</summary>
internal static class NetworkLimits
{
    /// <summary>Between two messages to a node: the first change goes at once, those after it go together.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>A node that nothing is to be told hears at least so often that the store has moved on.</summary>
    public static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(1);

    /// <summary>How long a task waits for nodes that do not confirm, when nothing else is said.</summary>
    public static readonly TimeSpan Withdrawal = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Tasks for which it is kept when they stopped serving; a task leaves when it has ended. Beyond it the revision
    /// of the task itself is taken, which may be later.
    /// </summary>
    public const int Withdrawn = 100_000;

    /// <summary>Nodes that a node may say it does not reach: a message is for people.</summary>
    public const int Troubles = 10;

    /// <summary>Ranges that a node may report, and characters of each: routes and name servers.</summary>
    public const int Ranges = 256, TextCharacters = 64;
}
