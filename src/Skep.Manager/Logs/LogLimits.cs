namespace Skep.Manager.Logs;

/// <summary>Bounds of the log broker.</summary>
internal static class LogLimits
{
    /// <summary>
    /// Calls. An agent listens once; after a broken connection its old call may still be there for a while.
    /// </summary>
    public const int ListenersPerNode = 4;
}
