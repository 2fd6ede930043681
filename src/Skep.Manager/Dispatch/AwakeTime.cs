namespace Skep.Manager.Dispatch;

/// <summary>
/// The time in which this manager could have heard of its nodes: while its process was frozen, its machine was paused,
/// or there was no processor for it, what they said waits unread.
/// </summary>
/// <remarks>
/// Without it a manager that nobody replaces meanwhile, for it is the only one, would find the time of all nodes over
/// when it goes on, before it has read a single beat, and move everything in the swarm. Pure; not thread-safe.
/// </remarks>
/// <param name="gapMax">The longest time between two looks that counts in full.</param>
internal sealed class AwakeTime(TimeSpan gapMax)
{
    private TimeSpan last;
    private TimeSpan lost;

    /// <param name="elapsed">Since some fixed moment, of a clock that never goes back.</param>
    public TimeSpan Of(TimeSpan elapsed) => elapsed - lost;

    /// <summary>To be called before every look, at the times given.</summary>
    /// <returns>What the gap was longer than it may be; zero nearly always.</returns>
    public TimeSpan Look(TimeSpan elapsed)
    {
        TimeSpan over = elapsed - last - gapMax;
        last = elapsed;
        if (over <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        lost += over;
        return over;
    }
}
