namespace Skep.Agent.Streams;

/// <summary>Bounds of what is held for a process's streams.</summary>
internal static class StreamLimits
{
    /// <summary>Bytes read from a pipe at once; the kernel's pipe holds twice as much.</summary>
    public const int PumpBytes = 32 * 1024;

    /// <summary>How long a finished process's output may still come before its pipes are let go.</summary>
    public static readonly TimeSpan DrainBound = TimeSpan.FromSeconds(2);

    /// <summary>The same after a start that failed: there was hardly anybody to write.</summary>
    public static readonly TimeSpan FailedStartBound = TimeSpan.FromMilliseconds(50);
}
