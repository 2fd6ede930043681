using System.Globalization;

namespace Skep.Docker.Values;

/// <summary>"0.5", "2": a number of processors; kept in billionths, as the Engine API counts them.</summary>
public static class CpuCount
{
    private const decimal Billion = 1_000_000_000;

    /// <exception cref="FormatException">With docker's words.</exception>
    public static long Parse(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal cpus)
            || Math.Abs(cpus) > long.MaxValue / Billion)
        {
            throw new FormatException($"failed to parse {text} as a rational number");
        }

        decimal nano = cpus * Billion;
        return decimal.IsInteger(nano) ? (long)nano : throw new FormatException("value is too precise");
    }
}
