using System.Globalization;

namespace Skep.Cli.Tables;

/// <summary>Sizes, durations and times in docker's words.</summary>
internal static class Human
{
    private const double Decimal = 1000;
    private const double Binary = 1024;

    private static readonly string[] DecimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

    /// <summary>"1.98MB".</summary>
    public static string Size(double bytes, int digits = 3) => Scale(bytes, digits, Decimal, DecimalUnits);

    /// <summary>"23.54GiB".</summary>
    public static string BinarySize(double bytes) => Scale(bytes, 4, Binary, BinaryUnits);

    /// <summary>"About a minute", "3 hours".</summary>
    public static string Duration(TimeSpan duration)
    {
        int seconds = (int)duration.TotalSeconds;
        int minutes = (int)duration.TotalMinutes;
        int hours = (int)Math.Round(duration.TotalHours, MidpointRounding.AwayFromZero);
        return seconds < 1 ? "Less than a second"
            : seconds == 1 ? "1 second"
            : seconds < 60 ? $"{seconds} seconds"
            : minutes == 1 ? "About a minute"
            : minutes < 60 ? $"{minutes} minutes"
            : hours == 1 ? "About an hour"
            : hours < 48 ? $"{hours} hours"
            : hours < 24 * 7 * 2 ? $"{hours / 24} days"
            : hours < 24 * 30 * 2 ? $"{hours / 24 / 7} weeks"
            : hours < 24 * 365 * 2 ? $"{hours / 24 / 30} months"
            : $"{(int)duration.TotalHours / 24 / 365} years";
    }

    /// <summary>How long ago a moment was.</summary>
    public static string Ago(long unixSeconds, TimeProvider time) =>
        Duration(time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(unixSeconds)) + " ago";

    /// <summary>As Go prints a local time: "2026-11-22 10:30:38 +0000 UTC".</summary>
    public static string Moment(DateTimeOffset moment, TimeProvider time)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(moment, time.LocalTimeZone);
        string zone = local.Offset == TimeSpan.Zero ? "UTC" : time.LocalTimeZone.StandardName;
        string fraction = local.Ticks % TimeSpan.TicksPerSecond == 0 ? ""
            : "." + local.ToString("fffffff", CultureInfo.InvariantCulture).TrimEnd('0');
        return local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + fraction
            + local.ToString(" zzz ", CultureInfo.InvariantCulture).Replace(":", "") + zone;
    }

    /// <summary>A moment in the zone that it was written in, with all its nanoseconds.</summary>
    /// <param name="written">As the daemon sent it.</param>
    public static string MomentOf(DateTimeOffset moment, string written)
    {
        int dot = written.IndexOf('.');
        string digits = dot < 0 ? "" : new string([.. written.Skip(dot + 1).TakeWhile(char.IsAsciiDigit)]).TrimEnd('0');
        string zone = moment.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "");
        return moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            + (digits.Length > 0 ? "." + digits : "") + $" {zone} {(zone == "+0000" ? "UTC" : zone)}";
    }

    /// <summary>A moment as the daemon wrote it, in Go's words.</summary>
    public static string MomentText(string written) => DateTimeOffset.TryParse(
        written, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment)
            ? MomentOf(moment, written)
            : written;

    public static string Moment(long unixSeconds, TimeProvider time) =>
        Moment(DateTimeOffset.FromUnixTimeSeconds(unixSeconds), time);

    /// <summary>The first 12 digits of an id, without its algorithm.</summary>
    public static string ShortId(string id)
    {
        string digits = id[(id.IndexOf(':') + 1)..];
        return digits.Length > 12 ? digits[..12] : digits;
    }

    /// <summary>Cuts a text that is wider than its column and marks the cut.</summary>
    public static string Ellipsis(string text, int widthMax) =>
        text.Length <= widthMax ? text : text[..(widthMax - 1)] + "…";

    /// <summary>"Ready": as docker shows states, and also times, which it writes with a small "utc".</summary>
    public static string Capitalized(string text) => text.Length < 2
        ? text.ToLowerInvariant()
        : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>"a=1,b=2" in the order of the keys.</summary>
    public static string Labels(IReadOnlyDictionary<string, string> labels) => string.Join(',', labels
        .Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal));

    private static string Scale(double value, int digits, double factor, string[] units)
    {
        int unit = 0;
        while (value >= factor && unit < units.Length - 1)
        {
            value /= factor;
            unit++;
        }

        // As Go's %g: rounding up to a thousand gives an exponent, in lower case.
        return value.ToString("G" + digits, CultureInfo.InvariantCulture).Replace('E', 'e') + units[unit];
    }
}
