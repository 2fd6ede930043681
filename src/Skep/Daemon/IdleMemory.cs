namespace Skep.Daemon;

/// <summary>Gives memory back when the engine has gone quiet.</summary>
/// <remarks>
/// The collector's first budget is as large as the processor's cache: tens of megabytes of garbage may pile up before
/// it looks for the first time. A busy engine is better off that way; a quiet one holds memory for nothing.
/// </remarks>
internal static class IdleMemory
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Bytes allocated in a pause, at most, for an engine that counts as quiet.</summary>
    private const long QuietBytes = 512 << 10;

    /// <summary>Bytes allocated since the last collection for which another one is worth its milliseconds.</summary>
    private const long WorthBytes = 1 << 20;

    public static async Task RunAsync(TimeProvider time, CancellationToken stop)
    {
        long collectedAt = 0;
        long before = 0;
        while (true)
        {
            await Task.Delay(Pause, time, stop);
            long now = GC.GetTotalAllocatedBytes();
            if (now - before <= QuietBytes && now - collectedAt >= WorthBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                collectedAt = GC.GetTotalAllocatedBytes();
            }

            before = now;
        }
    }
}
