using System.Globalization;

namespace Skep.Docker.Values;

/// <summary>Go's durations: "1m30s", "500ms"; kept in nanoseconds, as the Engine API counts them.</summary>
public static class GoDuration
{
    private const long Second = 1_000_000_000;

    /// <returns>Null: not a duration, or one of more than 292 years.</returns>
    public static long? TryParse(string text)
    {
        string rest = text is ['-' or '+', ..] ? text[1..] : text;
        if (rest == "0")
        {
            return 0;
        }

        decimal total = 0;
        bool isEmpty = true;
        while (rest.Length > 0)
        {
            int digits = Length(rest, c => char.IsAsciiDigit(c) || c == '.');
            int unit = Length(rest[digits..], c => !char.IsAsciiDigit(c) && c != '.');
            if (Unit(rest.Substring(digits, unit)) is not { } nanoseconds
                || !decimal.TryParse(rest.AsSpan(0, digits), NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out decimal number)
                || number > long.MaxValue / (decimal)nanoseconds
                || (total += number * nanoseconds) > long.MaxValue)
            {
                return null;
            }

            rest = rest[(digits + unit)..];
            isEmpty = false;
        }

        return isEmpty ? null : (long)(text.StartsWith('-') ? -total : total);
    }

    /// <exception cref="FormatException">With docker's words.</exception>
    public static long Parse(string text) => TryParse(text) ?? throw new FormatException(
        text.Length > 0 && char.IsAsciiDigit(text[^1])
            ? $"time: missing unit in duration {Templates.GoLiterals.Quote(text)}"
            : $"time: invalid duration {Templates.GoLiterals.Quote(text)}");

    /// <summary>"1m30s": as Go writes it, without parts that are needless in front.</summary>
    public static string Text(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return "0s";
        }

        string sign = nanoseconds < 0 ? "-" : "";
        decimal rest = Math.Abs((decimal)nanoseconds);
        if (rest < Second)
        {
            (decimal size, string unit) = rest < 1_000 ? (1m, "ns")
                : rest < 1_000_000 ? (1_000m, "µs")
                : (1_000_000m, "ms");
            return sign + (rest / size).ToString("0.######", CultureInfo.InvariantCulture) + unit;
        }

        decimal hours = Math.Floor(rest / (3600m * Second));
        decimal minutes = Math.Floor(rest / (60m * Second)) % 60;
        decimal seconds = rest / Second % 60;
        return sign + (hours > 0 ? $"{hours:0}h" : "") + (hours > 0 || minutes > 0 ? $"{minutes:0}m" : "")
            + seconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s";
    }

    private static int Length(string text, Func<char, bool> fits) => text.TakeWhile(fits).Count();

    private static long? Unit(string unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => Second,
        "m" => 60 * Second,
        "h" => 3600 * Second,
        _ => null,
    };
}
