using System.Collections.Immutable;

namespace Skep.Manager.Measuring;

/// <summary>How often something took how long, since this manager began.</summary>
/// <param name="UpTo">Per bound of <see cref="DurationCounts.Bounds"/>, how often it took no longer.</param>
/// <param name="Count">How often at all.</param>
/// <param name="Sum">All durations together.</param>
public sealed record DurationSample(ImmutableArray<long> UpTo, long Count, TimeSpan Sum);

/// <summary>Counts durations in a fixed number of steps: however much is measured, it takes no more memory.</summary>
/// <remarks>Thread-safe. A sample may miss what is noted while it is taken, and is never wrong by more.</remarks>
public sealed class DurationCounts
{
    private readonly long[] counts = new long[Bounds.Length + 1];
    private long ticks;

    /// <summary>From a lone write on a fast disk to one that waits for an election.</summary>
    public static ImmutableArray<TimeSpan> Bounds { get; } =
    [
        .. new[] { 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000 }.Select(TimeSpan.FromMilliseconds),
    ];

    public void Note(TimeSpan duration)
    {
        TimeSpan taken = duration < TimeSpan.Zero ? TimeSpan.Zero : duration;
        int step = 0;
        while (step < Bounds.Length && taken > Bounds[step])
        {
            step++;
        }

        Interlocked.Increment(ref counts[step]);
        Interlocked.Add(ref ticks, taken.Ticks);
    }

    public DurationSample Read()
    {
        var upTo = ImmutableArray.CreateBuilder<long>(Bounds.Length);
        long sum = 0;
        for (int step = 0; step < Bounds.Length; step++)
        {
            sum += Volatile.Read(ref counts[step]);
            upTo.Add(sum);
        }

        return new DurationSample(
            upTo.MoveToImmutable(), sum + Volatile.Read(ref counts[^1]), new TimeSpan(Volatile.Read(ref ticks)));
    }
}
