using System.Globalization;

namespace Skep.Docker.Values;

/// <summary>"64m", "1.5 GiB": a number of bytes; units count in steps of 1024.</summary>
public static class ByteSize
{
    private const string Units = "kmgtp";

    /// <exception cref="FormatException">With docker's words.</exception>
    public static long Parse(string text)
    {
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        string suffix = text[digits..].TrimStart(' ').ToLowerInvariant();
        bool isNumber = double.TryParse(
            text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        if (!isNumber || digits == 0)
        {
            throw new FormatException($"invalid size: '{text}'");
        }

        int power = suffix.Length == 0 || suffix == "b" ? 0 : Units.IndexOf(suffix[0]) + 1;
        bool isUnit = suffix is "" or "b" || (power > 0 && suffix[1..] is "" or "b" or "i" or "ib");
        double bytes = number * Math.Pow(1024, power);
        return !isUnit ? throw new FormatException($"invalid suffix: '{suffix}'")
            : bytes < long.MaxValue ? (long)bytes
            : throw new FormatException($"invalid size: '{text}'");
    }

    /// <returns>Null: not a size.</returns>
    public static long? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>--memory-swap: also -1 for no limit.</summary>
    public static long ParseSwap(string text) => text == "-1" ? -1 : Parse(text);
}
