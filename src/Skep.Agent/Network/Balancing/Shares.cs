namespace Skep.Agent.Network.Balancing;

/// <summary>How often which weight's turn is, when targets have several. Pure.</summary>
internal static class Shares
{
    /// <summary>
    /// The most shares of one key: so many elements in a map. Where the exact proportion needs more, it is rounded, by
    /// less than a share for each weight; more than the weights that there are, so that each has one.
    /// </summary>
    public const int Max = 1024;

    /// <param name="targets">How many targets have which weight; none of either is 0.</param>
    /// <returns>As many times each weight as its targets weigh together, in the smallest whole numbers.</returns>
    public static List<int> Of(IReadOnlyList<(int Weight, int Count)> targets)
    {
        long[] wanted = [.. targets.Select(one => (long)one.Weight * one.Count)];
        long divisor = wanted.Aggregate(0L, GreatestDivisor);
        long total = wanted.Sum() / divisor;
        long[] counts = total <= Max ? [.. wanted.Select(one => one / divisor)] : Round(wanted);
        return
        [
            .. targets.SelectMany((one, index) => Enumerable.Repeat(one.Weight, (int)counts[index])),
        ];
    }

    // Largest remainders, after one share for each.
    private static long[] Round(long[] wanted)
    {
        long total = wanted.Sum();
        long[] counts = [.. wanted.Select(one => 1 + Math.Max(0, (one * Max / total) - 1))];
        while (counts.Sum() != Max)
        {
            // Who is furthest from what is due to him gives, or gets, one; who has one only gives nothing.
            int step = counts.Sum() < Max ? 1 : -1;
            int index = Enumerable.Range(0, wanted.Length).Where(one => step > 0 || counts[one] > 1)
                .MaxBy(one => step * ((double)wanted[one] * Max / total - counts[one]));
            counts[index] += step;
        }

        return counts;
    }

    private static long GreatestDivisor(long one, long other)
    {
        while (other != 0)
        {
            (one, other) = (other, one % other);
        }

        return one;
    }
}
