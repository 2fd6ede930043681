namespace Skep.Transport.Identity;

/// <summary>How long a node asks for a certificate before it says that it got none.</summary>
public static class JoinLimits
{
    /// <summary>Tries of each step, each at the next manager.</summary>
    public const int Attempts = 5;

    /// <summary>Between two tries: an election may be under way.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>One call, but for the one that waits for the certificate.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(5);

    /// <summary>One wait for the certificate; the manager answers as soon as it is signed.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    /// <summary>Waits, in all, for one certificate: an external CA may be slow or away.</summary>
    public const int WaitsMax = 24;
}
