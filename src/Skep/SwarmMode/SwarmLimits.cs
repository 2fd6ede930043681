namespace Skep.SwarmMode;

/// <summary>Bounds of waiting for a swarm.</summary>
internal static class SwarmLimits
{
    /// <summary>How long <c>swarm join</c> waits before it goes on in the background; Docker's number.</summary>
    public static readonly TimeSpan JoinAnswer = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long <c>swarm unlock</c> waits for a leader. Docker waits for ever, and no other command can be given.
    /// </summary>
    public static readonly TimeSpan UnlockAnswer = TimeSpan.FromSeconds(20);

    /// <summary>How long one call to the control of the swarm may take; Docker's number.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(20);

    /// <summary>First and longest pause before a node that failed is started again; Docker's numbers.</summary>
    public static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan RestartPauseMax = TimeSpan.FromSeconds(30);

    /// <summary>How long a manager outside the quorum waits to be told that it is a worker; Docker's number.</summary>
    public static readonly TimeSpan RoleChange = TimeSpan.FromSeconds(16);

    /// <summary>How often a starting node looks whether its manager has come up.</summary>
    public static readonly TimeSpan ManagerPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a manager's agent waits for the manager beside it before it asks another one.</summary>
    public static readonly TimeSpan OwnManager = TimeSpan.FromSeconds(3);

    /// <summary>How long a manager that wants to leave asks who the others are; Docker's number.</summary>
    public static readonly TimeSpan LeaveQuestion = TimeSpan.FromSeconds(5);

    /// <summary>Tries of a new swarm's first change, while its leader changes it too.</summary>
    public const int FirstChanges = 20;

    /// <summary>Managers that a worker keeps to come back to; a swarm has seldom more than seven.</summary>
    public const int ManagersKept = 64;
}
