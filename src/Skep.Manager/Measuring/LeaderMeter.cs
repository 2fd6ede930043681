namespace Skep.Manager.Measuring;

/// <summary>Counts what a leader decides.</summary>
/// <remarks>Thread-safe. It goes on over the end of one time of leading and the beginning of the next.</remarks>
public sealed class LeaderMeter
{
    private readonly DurationCounts looks = new();
    private readonly DurationCounts starts = new();
    private long decided;
    private long overtaken;
    private long refused;
    private long failed;

    /// <param name="changes">What was decided on.</param>
    public void Looked(TimeSpan duration, int changes)
    {
        looks.Note(duration);
        Interlocked.Add(ref decided, changes);
    }

    public void Overtaken() => Interlocked.Increment(ref overtaken);

    public void Refused() => Interlocked.Increment(ref refused);

    /// <summary>A decision threw.</summary>
    public void Failed() => Interlocked.Increment(ref failed);

    /// <param name="sinceCreation">How long the task took from its creation until it ran.</param>
    public void TaskRuns(TimeSpan sinceCreation) => starts.Note(sinceCreation);

    public LeaderSample Read() => new(
        looks.Read(),
        Volatile.Read(ref decided),
        Volatile.Read(ref overtaken),
        Volatile.Read(ref refused),
        Volatile.Read(ref failed),
        starts.Read());
}
