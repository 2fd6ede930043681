using System.Globalization;

namespace Skep.Agent;

/// <summary>Times as Go's RFC 3339 with nanoseconds writes them.</summary>
public static class Rfc3339
{
    /// <summary>What Docker shows for "never".</summary>
    public const string Never = "0001-01-01T00:00:00Z";

    /// <summary>In UTC, up to nine digits of fraction, without trailing zeros.</summary>
    public static string Format(DateTimeOffset? time)
    {
        if (time is null)
        {
            return Never;
        }

        string text = time.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        return text.TrimEnd('0').TrimEnd('.') + "Z";
    }

    /// <summary>Reads RFC 3339, with any number of digits of fraction.</summary>
    /// <exception cref="FormatException">It is not a time.</exception>
    public static DateTimeOffset Parse(string text)
    {
        // .NET takes seven digits of fraction, Go writes nine.
        int dot = text.IndexOf('.');
        if (dot > 0)
        {
            int end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end - dot > 8)
            {
                text = string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(end));
            }
        }

        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }
}
