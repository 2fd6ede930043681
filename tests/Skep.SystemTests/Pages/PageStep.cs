using System.Globalization;
using System.Text.RegularExpressions;
using Skep.SystemTests.Acceptance;

namespace Skep.SystemTests.Pages;

/// <summary>A command of a page, the host it is typed at, and what the page says that it prints.</summary>
/// <param name="Expected">
/// Nothing: whatever it prints. <c>...</c> stands for anything, in a line or, alone, for any number of lines.
/// </param>
internal sealed partial record PageStep(
    string Page, int Line, int Host, string Command, IReadOnlyList<string> Expected)
{
    private static readonly string[] changing =
    [
        "create", "update", "rm", "init", "join", "leave", "scale", "deploy", "rollback", "promote", "demote", "run",
        "backup", "restore", "rotate", "unlock", "tag", "prune",
    ];

    /// <summary>The line ends with a backslash: the next one goes on.</summary>
    public bool IsOpen => Command.EndsWith('\\');

    /// <summary>It may be said again until it prints what it should: it only looks.</summary>
    public bool OnlyLooks => !Command.Split([' ', '\n', '-']).Intersect(changing).Any();

    /// <summary>The page shows how it fails.</summary>
    public bool MayFail => Expected.Any(static line => line.Contains("rror", StringComparison.Ordinal));

    /// <summary>A line that begins with a prompt: <c>$ </c> on the first host, <c>host2# </c> on another.</summary>
    public static PageStep? Begin(string page, int line, string text)
    {
        Match prompt = Prompt().Match(text);
        if (!prompt.Success)
        {
            return null;
        }

        string number = prompt.Groups["host"].Value;
        int host = number.Length == 0 ? 1 : int.Parse(number, CultureInfo.InvariantCulture);
        return new PageStep(page, line, host, prompt.Groups["command"].Value, []);
    }

    public bool Matches(string output, string hostFolder)
    {
        if (Expected.Count == 0)
        {
            return true;
        }

        string expected = Mask.Apply(Trimmed(string.Join('\n', Expected)), hostFolder);
        string actual = Mask.Apply(Trimmed(NoRegistry().Replace(output, "")), hostFolder);
        string pattern = Regex.Escape(expected)
            .Replace(@"\n\.\.\.\n", @"\n(.*\n)*?", StringComparison.Ordinal)
            .Replace(@"\n\.\.\.", @"(\n.*)*", StringComparison.Ordinal);
        if (pattern.StartsWith(@"\.\.\.\n", StringComparison.Ordinal))
        {
            pattern = @"(.*\n)*?" + pattern[@"\.\.\.\n".Length..];
        }

        // Columns are as wide as their longest cell.
        pattern = pattern.Replace(@"\.\.\.", ".*", StringComparison.Ordinal);
        return Regex.IsMatch(actual, $@"\A{Blanks().Replace(pattern, @"\s+")}\z");
    }

    private static string Trimmed(string text) =>
        string.Join('\n', text.Split('\n').Select(static line => line.TrimEnd())).TrimEnd();

    public override string ToString() => $"{Page}:{Line}: {Command}";

    [GeneratedRegex(@"^(host(?<host>[2-9])# |\$ )(?<command>.*)$")]
    private static partial Regex Prompt();

    /// <summary>The hosts of the tests have images, and no registry that could name the newest.</summary>
    [GeneratedRegex(@"^image \S+ could not be accessed on a registry to record\n(.+\n)+", RegexOptions.Multiline)]
    private static partial Regex NoRegistry();

    [GeneratedRegex(@"(\\ )+")]
    private static partial Regex Blanks();
}
