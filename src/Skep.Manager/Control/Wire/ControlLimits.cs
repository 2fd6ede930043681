namespace Skep.Manager.Control;

/// <summary>Bounds of asking the leader.</summary>
internal static class ControlLimits
{
    /// <summary>
    /// How long a request waits for a leader to be there. A Skep quorum elects within about a second, and a user who
    /// has no quorum shall not wait for nothing.
    /// </summary>
    public static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(3);

    /// <summary>Between two looks for a leader; a tenth of an election.</summary>
    public static readonly TimeSpan LeaderRetry = TimeSpan.FromMilliseconds(100);
}
