namespace Skep.Simulation.Clusters;

/// <summary>Time that passes from one event to the next, and everything that is to happen in it.</summary>
/// <remarks>Events of the same moment happen in the order in which they were planned, so a seed replays
/// exactly.</remarks>
internal sealed class SimulatedTime
{
    private readonly PriorityQueue<Action, (long At, long Number)> plan = new();
    private long count;

    /// <summary>Since the beginning, in microseconds.</summary>
    public long Now { get; private set; }

    public void After(TimeSpan delay, Action happen) => At(Now + (long)delay.TotalMicroseconds, happen);

    public void At(long moment, Action happen) => plan.Enqueue(happen, (Math.Max(moment, Now), count++));

    /// <returns>False when nothing is left before that moment.</returns>
    public bool Step(long until)
    {
        if (!plan.TryPeek(out _, out (long At, long Number) next) || next.At > until)
        {
            Now = Math.Max(Now, until);
            return false;
        }

        Action happen = plan.Dequeue();
        Now = next.At;
        happen();
        return true;
    }
}

/// <summary>A manager's clock on the wall: it starts anywhere and runs as fast as it likes.</summary>
internal sealed class SimulatedClock(SimulatedTime time, TimeSpan offset, double speed) : TimeProvider
{
    private static readonly DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public double Speed => speed;

    public override DateTimeOffset GetUtcNow() => start + offset + TimeSpan.FromMicroseconds(time.Now * speed);
}
