namespace Skep.Manager.Leader;

/// <summary>Bounds of the leader's loop.</summary>
internal static class LeaderLimits
{
    /// <summary>How soon decisions that were refused are made again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a decision that failed is left out: the first time, and at most. It doubles from one to the other.
    /// </summary>
    public static readonly TimeSpan AsideMin = TimeSpan.FromSeconds(1), AsideMax = TimeSpan.FromMinutes(1);

    /// <summary>Services that are left out one by one; with more, whoever decides about services is left out.</summary>
    public const int ServicesAside = 16;

    /// <summary>
    /// How long a change of the quorum may take; SwarmKit's removal timeout (manager/role_manager.go).
    /// </summary>
    public static readonly TimeSpan QuorumStepTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A look so soon after another one waits as long again: under many writes some at once are looked at.
    /// </summary>
    public static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(2);

    /// <summary>A decision that asks to be woken in the past must not take a whole processor.</summary>
    public static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(10);

    /// <summary>Longer waits are cut in pieces: a timer takes 49 days at most, and clocks are set anew.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);
}
