using System.Globalization;

namespace Skep.Docker.Validation;

/// <summary>The kernel's lists of CPUs and memory nodes: "0-3,6".</summary>
public static class NumberList
{
    /// <summary>More CPUs than Linux can have; a larger number is a mistake or an attack.</summary>
    private const int Highest = 8192;

    /// <param name="problem">The part that is no number or range.</param>
    public static bool TryParse(string text, out IReadOnlySet<int> numbers, out string problem)
    {
        var found = new HashSet<int>();
        numbers = found;
        problem = "";
        if (text.Length == 0)
        {
            return true;
        }

        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last)
                || last < first)
            {
                problem = text;
                return false;
            }

            found.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return true;
    }

    private static bool TryNumber(string text, out int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Highest;
}
