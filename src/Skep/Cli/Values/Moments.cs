using System.Globalization;

namespace Skep.Cli.Values;

/// <summary>--since and --until: "10m" before now, a date, or seconds since 1970.</summary>
internal static class Moments
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HHK", "yyyy-MM-dd'Z'", "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH",
    ];

    /// <returns>"seconds.nanoseconds", as the Engine API takes it.</returns>
    /// <exception cref="CommandFailedException">Not a moment.</exception>
    public static string ToQuery(string text, TimeProvider time)
    {
        if (GoDuration.TryParse(text) is long nanoseconds && text != "0")
        {
            return Seconds(time.GetUtcNow() - TimeSpan.FromTicks(nanoseconds / 100));
        }

        bool isNumber = text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c == '.');
        if (isNumber)
        {
            return text;
        }

        DateTimeStyles zone = time.LocalTimeZone.BaseUtcOffset == TimeSpan.Zero
            ? DateTimeStyles.AssumeUniversal : DateTimeStyles.AssumeLocal;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, zone, out var moment)
            ? Seconds(moment)
            : throw new CommandFailedException($"failed to parse value as time or duration: {Quote(text)}");
    }

    private static string Quote(string text) => Docker.Templates.GoLiterals.Quote(text);

    private static string Seconds(DateTimeOffset moment) =>
        $"{moment.ToUnixTimeSeconds()}.{moment.Ticks % TimeSpan.TicksPerSecond * 100:000000000}";
}
