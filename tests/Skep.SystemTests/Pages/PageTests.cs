using System.Text.RegularExpressions;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Pages;

/// <summary>What README and the pages for users show is typed as it stands, and prints what they say.</summary>
/// <remarks>
/// A <c>console</c> block is run: at the first of three hosts, or where the prompt says. A <c>yaml</c> or <c>text</c>
/// block that names a file is saved. All pages share one swarm, in the order of <see cref="pages"/>; each leaves it as
/// it found it. The addresses 192.0.2.1 to .3 stand for the hosts, any join token for the newest that was printed.
/// </remarks>
[Collection(SwarmPairCollection.Name)]
public sealed partial class PageTests(SwarmPair engines)
{
    private const int HostCount = 3;

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private static readonly string[] pages =
    [
        "README.md", "docs/guide/swarm.md", "docs/guide/services.md", "docs/guide/networks.md",
        "docs/guide/secrets.md", "docs/guide/health.md", "docs/guide/placement.md", "docs/guide/stacks.md",
        "docs/troubleshooting.md", "docs/security.md", "docs/differences.md", "docs/operations.md",
    ];

    private static readonly string[] silent = ["yaml", "json", "text", "ini"];

    private string token = "";

    [Fact]
    public void Every_block_of_a_page_for_users_is_run_or_says_why_not()
    {
        IEnumerable<string> guides = Directory.GetFiles(Path.Combine(Root, "docs", "guide"), "*.md")
            .Select(static path => Path.GetRelativePath(Root, path));
        Assert.Empty(guides.Except(pages));
        Assert.Empty(pages.SelectMany(Blocks)
            .Where(static block => block.Language != "console" && !silent.Contains(block.Language))
            .Select(static block => $"{block.Page}:{block.Line}: the language is '{block.Language}'"));
        Assert.Contains(pages.SelectMany(Blocks), static block => block.Language == "console" && !block.IsLeftOut);
    }

    [SkepFact]
    public Task What_the_pages_show_is_what_happens() => engines.PlayAsync(async team =>
    {
        await Task.WhenAll(Enumerable.Range(1, HostCount).Select(number => PrepareAsync(team[number])));

        // Who reads the first page has just made a swarm of one machine, with ./up; the next begins with none.
        await team.InitAsync();
        await PlayAsync(team, pages[0]);
        await team[1].PrepareAsync("docker swarm leave --force");
        foreach (string page in pages.Skip(1))
        {
            await PlayAsync(team, page);
        }
    });

    private async Task PlayAsync(Team team, string page)
    {
        foreach (PageBlock block in Blocks(page))
        {
            if (block.File.Length > 0)
            {
                await File.WriteAllLinesAsync(Path.Combine(team[1].Host.Share, block.File), block.Lines);
            }
            else if (block is { Language: "console", IsLeftOut: false })
            {
                foreach (PageStep step in block.Steps())
                {
                    await PlayAsync(team, step);
                }
            }
        }
    }

    private static string Root => Engine.Root;

    private static IEnumerable<PageBlock> Blocks(string page) =>
        PageBlock.Read(page, File.ReadAllLines(Path.Combine(Root, page)));

    private static async Task PrepareAsync(Session user)
    {
        await user.Host.HaveImagesAsync();
        await user.PrepareAsync("for name in alpine postgres; do docker tag test $name; done; "
            + "docker tag test skep-demo:1; docker tag web:1 nginx:1.26; docker tag web:2 nginx:1.27");
    }

    private async Task PlayAsync(Team team, PageStep step)
    {
        TestHost host = team[step.Host].Host;
        Command shell = host.Inside("bash", "-c", $"cd $SHARE; {Here(team, step.Command)}");
        shell = shell with
        {
            Environment = new Dictionary<string, string>(host.ClientEnvironment)
            {
                ["PATH"] = $"{Engine.OutFolder}:{Environment.GetEnvironmentVariable("PATH")}",
            },
        };
        PageStep wanted = step with { Expected = [.. step.Expected.Select(line => Here(team, line))] };
        Finished? last = null;
        try
        {
            await Eventually.TrueAsync($"{step}", step.OnlyLooks ? patience : TimeSpan.Zero, async () =>
            {
                last = await shell.RunAsync();
                return (last.ExitCode == 0 || step.MayFail)
                    && wanted.Matches($"{last.Output}{last.Errors}", host.Folder);
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException(
                $"{error.Message}\n--- the page\n{string.Join('\n', step.Expected)}\n--- here\n{last}", error);
        }

        if (Token().Match(last!.Output) is { Success: true } found)
        {
            token = found.Value;
        }
    }

    /// <summary>A text of a page with the addresses and the token of this swarm.</summary>
    private string Here(Team team, string text) => ExampleToken().Replace(
        Example().Replace(text, match => team[match.Groups[1].Value[0] - '0'].Host.Address),
        match => token.Length == 0 ? match.Value : token);

    [GeneratedRegex(@"\b192\.0\.2\.([1-3])\b")]
    private static partial Regex Example();

    [GeneratedRegex(@"\bSWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}\b")]
    private static partial Regex Token();

    [GeneratedRegex(@"\bSWMTKN-1-[0-9a-z.]+(-[0-9a-z.]+)?")]
    private static partial Regex ExampleToken();
}
