using Skep.Swarm;

namespace Skep.Transport.Identity;

/// <summary>When a certificate is renewed.</summary>
public static class RenewalTimes
{
    /// <summary>Per thousand of the life: the earliest time.</summary>
    public const int Earliest = 500;

    /// <summary>Per thousand of the life: the latest time.</summary>
    public const int Latest = 800;

    /// <summary>After the first failed try; it doubles.</summary>
    public static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan RetryMax = TimeSpan.FromHours(1);

    /// <summary>Between a manager's word and the try.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    /// <summary>One wait at most: the clock may be set meanwhile, and timers end after seven weeks.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromHours(12);

    /// <summary>
    /// A random point between the two, the same for all who look at it: drawn once for a certificate.
    /// </summary>
    public static DateTimeOffset Due(NodeCertificate certificate, IdSource ids)
    {
        TimeSpan life = certificate.NotAfter - certificate.NotBefore;
        int perThousand = Earliest + ids.NewNumber(Latest - Earliest);
        return certificate.NotBefore + (life * perThousand / 1000);
    }

    /// <summary>
    /// As <see cref="Due"/>, for a certificate that has just come: a wrong clock must not make a hot loop.
    /// </summary>
    public static DateTimeOffset NextDue(NodeCertificate certificate, DateTimeOffset now, IdSource ids)
    {
        DateTimeOffset due = Due(certificate, ids);
        DateTimeOffset soonest = now + ((certificate.NotAfter - certificate.NotBefore) / 20);
        return due < soonest ? soonest : due;
    }

    /// <summary>The next wait: to the time when it is due, but never longer than one wait may be.</summary>
    public static TimeSpan Until(DateTimeOffset due, DateTimeOffset now) =>
        due <= now ? TimeSpan.Zero : Min(due - now, WaitMax);

    public static TimeSpan RetryAfter(int failures) => failures switch
    {
        <= 0 => TimeSpan.Zero,
        > 16 => RetryMax,
        _ => Min(RetryMin * Math.Pow(2, failures - 1), RetryMax),
    };

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
