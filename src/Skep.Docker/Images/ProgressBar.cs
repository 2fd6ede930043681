using System.Globalization;

namespace Skep.Docker.Images;

/// <summary>The text beside a progress line: a bar and two sizes, as Docker's daemon writes them.</summary>
public static class ProgressBar
{
    private const int BarCharacters = 50;

    private static readonly string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <param name="total">Bytes; 0: not known, and there is no bar.</param>
    public static string Text(long current, long total)
    {
        if (current <= 0 && total <= 0)
        {
            return "";
        }

        string sizeSoFar = Size(current).PadLeft(8);
        if (total <= 0)
        {
            return sizeSoFar;
        }

        int filled = Math.Min((int)(current * 100.0 / total) / 2, BarCharacters);
        string bar = $"[{new string('=', filled)}>{new string(' ', BarCharacters - filled)}]";
        return current > total ? $"{bar} {sizeSoFar}" : $"{bar} {sizeSoFar}/{Size(total)}";
    }

    /// <summary>Four significant digits and a decimal unit: "1.234MB" (go-units HumanSize).</summary>
    public static string Size(double bytes)
    {
        int unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++)
        {
            bytes /= 1000;
        }

        return FourDigits(bytes) + units[unit];
    }

    // Go's %.4g for values from 0 to 1000: at most four significant digits, no trailing zeros.
    private static string FourDigits(double value)
    {
        int whole = value >= 100 ? 3 : value >= 10 ? 2 : 1;
        return Math.Round(value, 4 - whole, MidpointRounding.ToEven).ToString("0.###", CultureInfo.InvariantCulture);
    }
}
