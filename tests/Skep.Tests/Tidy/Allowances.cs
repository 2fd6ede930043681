namespace Skep.Tests.Tidy;

/// <summary>The exceptions to the rules that somebody gave a reason for: <c>Tidy/Allowed.txt</c>.</summary>
/// <remarks>
/// A line is <c>rule path reason</c>. It lets every offence of that rule in that file pass. A line that nothing needs
/// any more is an offence itself, so that the list only ever gets shorter by itself.
/// </remarks>
internal sealed class Allowances
{
    public const string FilePath = "tests/Skep.Tests/Tidy/Allowed.txt";

    private readonly List<(string Rule, string Path, int Line)> entries = [];
    private readonly List<Offence> malformed = [];

    public Allowances(string text)
    {
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            string[] words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3)
            {
                entries.Add((words[0], words[1], index + 1));
            }
            else
            {
                malformed.Add(new Offence("allowances", FilePath, index + 1, "a line is 'rule path reason'"));
            }
        }
    }

    /// <summary>What remains of the offences, and what is wrong with the list itself.</summary>
    /// <param name="checkedRules">Lines of other rules are not looked at.</param>
    public IReadOnlyList<Offence> Remaining(IReadOnlyList<Offence> found, params string[] checkedRules)
    {
        IEnumerable<Offence> refused = found
            .Where(offence => !entries.Exists(entry => Covers(entry, offence)));
        IEnumerable<Offence> unused = entries
            .Where(entry => checkedRules.Contains(entry.Rule))
            .Where(entry => !found.Any(offence => Covers(entry, offence)))
            .Select(entry => new Offence("allowances", FilePath, entry.Line, $"not needed any more: {entry.Path}"));
        return [.. refused, .. unused, .. malformed];
    }

    private static bool Covers((string Rule, string Path, int Line) entry, Offence offence) =>
        entry.Rule == offence.Rule && entry.Path == offence.Path;
}
