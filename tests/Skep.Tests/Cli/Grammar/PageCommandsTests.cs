using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Skep.Cli;
using Skep.Cli.Grammar;
using Skep.Daemon.Options;

namespace Skep.Tests.Cli.Grammar;

/// <summary>Commands and flags that pages for users name in their text; blocks of commands are run elsewhere.</summary>
public sealed class PageCommandsTests
{
    private static readonly HashSet<string> daemon = [.. DaemonFlags.All.Select(flag => "--" + flag.Name)];

    /// <summary>Flags of the scripts.</summary>
    private static readonly string[] scripts = ["--group", "--uninstall", "--purge", "--root", "--nodes", "--down"];

    private static readonly HashSet<string> known = [.. Lines("skep")];

    private static readonly HashSet<string> named = [.. known.Select(line => line[(line.LastIndexOf(' ') + 1)..])];

    [Fact]
    public void Every_command_and_flag_that_a_page_names_is_there()
    {
        string root = Root();
        string[] pages =
        [
            Path.Combine(root, "README.md"),
            .. Directory.GetFiles(Path.Combine(root, "docs"), "*.md"),
            .. Directory.GetFiles(Path.Combine(root, "docs", "guide"), "*.md"),
        ];
        HashSet<string> leftOut = [.. File.ReadLines(Path.Combine(root, "docs", "cli-left-out.txt"))
            .Select(line => line.Split(':')[0])];
        Assert.Equal([], pages.SelectMany(page => Spans(File.ReadAllText(page))
            .Where(span => !leftOut.Contains(span[(span.IndexOf(' ') + 1)..]))
            .Select(Problem).OfType<string>()
            .Select(problem => $"{Path.GetRelativePath(root, page)}: {problem}")));
    }

    [Theory]
    [InlineData("skep service ps --no-trunc", null)]
    [InlineData("docker service ps --nonsense", "'service ps' has no flag --nonsense")]
    [InlineData("skep service dance NAME", "'service' has no command dance")]
    [InlineData("skep volume rm shop_data", null)]
    [InlineData("skep daemon --validate", null)]
    [InlineData("skep daemon --nonsense", "the daemon has no flag --nonsense")]
    [InlineData("--live-restore=false", null)]
    [InlineData("--nonsense 5", "nothing has the flag --nonsense")]
    public void What_is_not_there_is_told(string span, string? problem) => Assert.Equal(problem, Problem(span));

    private static string? Problem(string span)
    {
        string[] words = span.Split(' ');
        string[] flags = [.. words.Where(word => word.StartsWith("--", StringComparison.Ordinal))
            .Select(word => word.Split('=')[0]).Where(flag => flag != "--help")];
        if (words[0].StartsWith("--", StringComparison.Ordinal))
        {
            return flags.FirstOrDefault() is not { } flag || named.Contains(flag) || daemon.Contains(flag)
                || scripts.Contains(flag) ? null : $"nothing has the flag {flag}";
        }

        if (words is [_, "daemon", ..] or ["dockerd", ..])
        {
            return flags.FirstOrDefault(flag => !daemon.Contains(flag)) is { } strange
                ? $"the daemon has no flag {strange}"
                : null;
        }

        string path = "";
        int at = 1;
        while (at < words.Length && words[at][0] != '-' && known.Contains($"{path} {words[at]}".Trim()))
        {
            path = $"{path} {words[at++]}".Trim();
        }

        bool isGroup = path.Length == 0 || known.Any(line => IsBelow(line, path));
        return at < words.Length && isGroup && char.IsAsciiLetterLower(words[at][0])
            ? $"'{path}' has no command {words[at]}"
            : flags.FirstOrDefault(flag => !known.Contains($"{path} {flag}".Trim())) is { } missing
            ? $"'{path}' has no flag {missing}"
            : null;
    }

    private static bool IsBelow(string line, string path) =>
        line.StartsWith(path + " ", StringComparison.Ordinal) && line[path.Length + 1] != '-';

    private static IEnumerable<string> Spans(string page) => Regex
        .Matches(
            Regex.Replace(page, "^```.*?^```", "", RegexOptions.Multiline | RegexOptions.Singleline), "`([^`\n]+)`")
        .Select(match => match.Groups[1].Value)
        .Where(span => Regex.IsMatch(span, "^((skep|docker|dockerd) |--[a-z])"));

    // Without the mark of a value and the short form: "service ps --format".
    private static IEnumerable<string> Lines(string name) => CommandTree.Lines(RootCommands.Make(name, out _))
        .Select(line => Regex.Replace(line, "=?( -.)?$", ""));

    private static string Root([CallerFilePath] string caller = "") =>
        caller[..caller.IndexOf("tests/Skep.Tests/", StringComparison.Ordinal)];
}
