using System.Globalization;

namespace Skep.Docker.Filters;

/// <summary>Durations in Go's notation: "1h30m", "250ms", "-1.5h", "0".</summary>
public static class GoDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text;
        bool isNegative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        decimal nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            if (!TryTakePart(ref rest, out decimal part) || (nanoseconds += part) > long.MaxValue)
            {
                return false;
            }
        }

        duration = TimeSpan.FromTicks((long)(nanoseconds / 100) * (isNegative ? -1 : 1));
        return true;
    }

    private static bool TryTakePart(ref ReadOnlySpan<char> rest, out decimal nanoseconds)
    {
        nanoseconds = 0;
        int digits = rest.IndexOfAnyExcept("0123456789.");
        if (digits <= 0
            || !decimal.TryParse(
                rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue)
        {
            return false;
        }

        rest = rest[digits..];
        int length = rest.IndexOfAny("0123456789.");
        ReadOnlySpan<char> unit = length < 0 ? rest : rest[..length];
        decimal size = unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
        nanoseconds = number * size;
        rest = rest[unit.Length..];
        return size != 0;
    }
}
