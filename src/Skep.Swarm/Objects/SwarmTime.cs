namespace Skep.Swarm.Objects;

/// <summary>A point in time with the nanoseconds that the wire and Docker's API carry.</summary>
/// <remarks>.NET's own type stops at 100 ns, so a time made elsewhere would not come back as it was sent.</remarks>
/// <param name="Seconds">Since 1970-01-01 UTC, may be negative.</param>
/// <param name="Nanos">Nanoseconds after those seconds: 0 to 999,999,999.</param>
public readonly record struct SwarmTime(long Seconds, int Nanos) : IComparable<SwarmTime>
{
    public static SwarmTime From(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }
        return new(seconds, (int)rest * 100);
    }

    /// <summary>Cut to 100 ns, and to the years that .NET can say.</summary>
    public DateTimeOffset ToDateTimeOffset()
    {
        long seconds = Math.Clamp(
            Seconds,
            DateTimeOffset.MinValue.ToUnixTimeSeconds(),
            DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(Math.Clamp(Nanos, 0, 999_999_999) / 100);
    }

    public int CompareTo(SwarmTime other)
    {
        int order = Seconds.CompareTo(other.Seconds);
        return order != 0 ? order : Nanos.CompareTo(other.Nanos);
    }
}

/// <summary>A length of time with the nanoseconds that the wire and Docker's API carry.</summary>
/// <param name="Seconds">Whole seconds, of the same sign as <paramref name="Nanos"/>.</param>
/// <param name="Nanos">The rest in nanoseconds.</param>
public readonly record struct SwarmDuration(long Seconds, int Nanos)
{
    public static SwarmDuration Zero => default;

    public static SwarmDuration From(TimeSpan span) =>
        new(span.Ticks / TimeSpan.TicksPerSecond, (int)(span.Ticks % TimeSpan.TicksPerSecond) * 100);

    /// <param name="nanoseconds">As Docker's API says durations.</param>
    public static SwarmDuration FromNanoseconds(long nanoseconds) =>
        new(nanoseconds / 1_000_000_000, (int)(nanoseconds % 1_000_000_000));

    /// <summary>As Docker's API says it; the largest number that fits when it is longer than 292 years.</summary>
    public long ToNanoseconds()
    {
        Int128 nanoseconds = ((Int128)Seconds * 1_000_000_000) + Nanos;
        return (long)Int128.Clamp(nanoseconds, long.MinValue, long.MaxValue);
    }

    /// <summary>Cut to 100 ns, and to the longest span that .NET can say.</summary>
    public TimeSpan ToTimeSpan() => TimeSpan.FromTicks(ToNanoseconds() / 100);
}
