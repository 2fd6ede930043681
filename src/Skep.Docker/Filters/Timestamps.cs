using System.Globalization;
using Skep.Swarm;

namespace Skep.Docker.Filters;

/// <summary>Points in time as users write them: "10m" ago, RFC 3339 or part of it, or seconds since 1970.</summary>
public static class Timestamps
{
    private static readonly string[] LocalForms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
    ];

    private static readonly string[] ZonedForms =
    [
        "yyyy-MM-ddK", "yyyy-MM-ddzzz", "yyyy-MM-dd'T'HHK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <param name="value">A duration means that long before <paramref name="now"/>.</param>
    /// <exception cref="RefusedException">None of the forms.</exception>
    public static DateTimeOffset Parse(string value, DateTimeOffset now)
    {
        if (value != "0" && GoDuration.TryParse(value, out TimeSpan ago))
        {
            return ago > now - DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : now - ago;
        }

        string cut = CutFraction(value);
        bool isZoned = value.AsSpan().ContainsAny("zZ+") || value.Count(c => c == '-') == 3;
        if (DateTimeOffset.TryParseExact(
            cut, isZoned ? ZonedForms : LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time))
        {
            return time;
        }

        return value.Contains('-', StringComparison.Ordinal)
            ? throw Unreadable(value)
            : ParseUnix(value) ?? throw Unreadable(value);
    }

    /// <summary>"seconds" or "seconds.nanoseconds" since 1970; null for an empty text.</summary>
    /// <exception cref="RefusedException">Something else.</exception>
    public static DateTimeOffset? ParseUnix(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        int point = value.IndexOf('.');
        string whole = point < 0 ? value : value[..point];
        string fraction = point < 0 ? "" : value[(point + 1)..];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            || (point >= 0 && (fraction.Length is 0 or > 18 || !fraction.All(char.IsAsciiDigit))))
        {
            throw Unreadable(value);
        }

        // Beyond what a DateTimeOffset can hold the ends of time do as well.
        seconds = Math.Clamp(seconds, -62_135_596_800, 253_402_300_798);
        long ticks = fraction.Length == 0
            ? 0
            : long.Parse(fraction.PadRight(7, '0')[..7], CultureInfo.InvariantCulture);
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks);
    }

    // .NET counts 100 ns; Go writes down to 1 ns.
    private static string CutFraction(string value)
    {
        int point = value.IndexOf('.');
        if (point < 0)
        {
            return value;
        }

        int end = point + 1;
        while (end < value.Length && char.IsAsciiDigit(value[end]))
        {
            end++;
        }

        return end - point > 8 ? value[..(point + 8)] + value[end..] : value;
    }

    private static RefusedException Unreadable(string value) =>
        new(ErrorKind.Invalid, $"failed to parse value as time or duration: \"{value}\"");
}
