namespace Skep.Manager.Measuring;

/// <summary>Counts what nodes claimed and were not believed: any of it is a fault of theirs, or an attack.</summary>
/// <remarks>Thread-safe. It goes on over the end of one time of leading and the beginning of the next.</remarks>
public sealed class ClaimMeter
{
    private long keys;
    private long lines;

    /// <summary>A node said another one's key for encrypted networks.</summary>
    public void KeyRefused() => Interlocked.Increment(ref keys);

    /// <summary>A node sent log lines in the name of tasks that are not its own, or that nobody asked for.</summary>
    public void LinesDropped(int count) => Interlocked.Add(ref lines, count);

    public ClaimSample Read() => new(Volatile.Read(ref keys), Volatile.Read(ref lines));
}
