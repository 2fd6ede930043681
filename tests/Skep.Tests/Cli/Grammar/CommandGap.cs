namespace Skep.Tests.Cli.Grammar;

/// <summary>What one command line has and another lacks, beside what is left out on purpose.</summary>
/// <remarks>
/// The lines are those of "skep debug commands". A line of the list of what is left out is a command or a flag, a colon
/// and the reason; a command stands for everything below it.
/// </remarks>
internal static class CommandGap
{
    /// <returns>One sentence for each gap; empty: there is none.</returns>
    public static IReadOnlyList<string> Find(
        IEnumerable<string> theirs, IEnumerable<string> ours, IEnumerable<string> leftOut)
    {
        Dictionary<string, string> reasons = ReadReasons(leftOut);
        var all = ours.ToHashSet();
        var flags = all.Where(IsFlag).GroupBy(Bare).ToDictionary(group => group.Key, group => group.First());
        var letters = all.Where(IsFlag).Where(HasLetter).Select(line => (Path(line), line[^1])).ToHashSet();
        var gaps = new List<string>();
        foreach (string line in theirs)
        {
            string bare = Bare(line);
            if (IsLeftOut(reasons, bare))
            {
                continue;
            }

            if (!IsFlag(line))
            {
                gaps.AddRange(all.Contains(line) ? [] : [$"there is no command '{line}'"]);
            }
            else if (!flags.TryGetValue(bare, out string? own))
            {
                gaps.Add($"there is no flag '{bare}'");
            }
            else if (own.Contains('=') != line.Contains('='))
            {
                gaps.Add($"'{bare}' takes a value in one and none in the other");
            }
            else if (HasLetter(line) && !letters.Contains((Path(line), line[^1])))
            {
                gaps.Add($"'{bare}' has no short form -{line[^1]}");
            }
        }

        return gaps;
    }

    /// <returns>What is on the list although their command line does not have it.</returns>
    public static IReadOnlyList<string> FindStale(IEnumerable<string> theirs, IEnumerable<string> leftOut)
    {
        var known = theirs.Select(Bare).ToHashSet();
        return [.. ReadReasons(leftOut).Keys.Where(name => !known.Contains(name))];
    }

    private static Dictionary<string, string> ReadReasons(IEnumerable<string> lines)
    {
        var reasons = new Dictionary<string, string>();
        foreach (string line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            Assert.True(colon > 0 && line.Length > colon + 2, $"'{line}' has no reason");
            reasons.Add(line[..colon], line[(colon + 2)..]);
        }

        return reasons;
    }

    private static bool IsLeftOut(Dictionary<string, string> reasons, string bare)
    {
        string name = bare;
        while (true)
        {
            if (reasons.ContainsKey(name))
            {
                return true;
            }

            int blank = name.LastIndexOf(' ');
            if (blank < 0)
            {
                return false;
            }

            name = name[..blank];
        }
    }

    private static bool IsFlag(string line) => line.Contains("--");

    private static bool HasLetter(string line) => line.Length > 3 && line[^3] == ' ' && line[^2] == '-';

    // "container ls --last= -n" is the flag "container ls --last".
    private static string Bare(string line) => (HasLetter(line) ? line[..^3] : line).TrimEnd('=');

    private static string Path(string line) => line[..line.IndexOf("--", StringComparison.Ordinal)];
}
