namespace Skep.Transport.Parts;

/// <summary>Runs the parts of something together: of the daemon, of a node, of a manager.</summary>
public static class Supervise
{
    /// <summary>
    /// Runs all parts until they are told to stop. The first to end stops the rest; none outlives the call. The failure
    /// that came first is thrown, so that its message is not buried under what it caused.
    /// </summary>
    public static async Task RunAsync(IReadOnlyList<Func<CancellationToken, Task>> parts, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        List<Task> running = [.. parts.Select(part => GuardAsync(part, end.Token))];
        if (running.Count == 0)
        {
            return;
        }

        Task first = await Task.WhenAny(running);
        await end.CancelAsync();
        Task all = Task.WhenAll(running);
        await Task.WhenAny(all);
        await first;
        await all;
    }

    // Being stopped is how a part is meant to end; a part that throws before its first await counts like any other.
    private static async Task GuardAsync(Func<CancellationToken, Task> part, CancellationToken stop)
    {
        try
        {
            await part(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The caller asked for it.
        }
    }
}
