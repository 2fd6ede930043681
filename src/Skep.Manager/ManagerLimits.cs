namespace Skep.Manager;

/// <summary>Bounds of a manager as a whole.</summary>
internal static class ManagerLimits
{
    /// <summary>How long a leader that ends waits for another to lead.</summary>
    public static readonly TimeSpan HandOver = TimeSpan.FromSeconds(2);

    /// <summary>How often a starting manager looks whether the first objects have reached it.</summary>
    public static readonly TimeSpan FirstObjectsPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Pause between attempts to join, while the swarm elects a leader.</summary>
    public static readonly TimeSpan JoinPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Ten seconds of them: an election with a Docker manager may take that long.</summary>
    public const int JoinAttempts = 20;
}
