using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Finds a docker CLI's commands and flags through its --help; lines as of "skep debug commands".</summary>
internal sealed partial class CommandWalk(string program)
{
    private readonly ConcurrentBag<string> lines = [];

    public async Task<IReadOnlyList<string>> LinesAsync()
    {
        await VisitAsync([]);
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    // A page's sections: "… Commands:" lists commands, "… Options:" flags. A star marks the commands of plugins.
    private async Task VisitAsync(string[] path)
    {
        Finished help = await new Command(program, [.. path, "--help"])
        {
            Environment = new Dictionary<string, string> { ["DOCKER_CONFIG"] = "/nosuch" },
        }.RunAsync();
        string prefix = string.Concat(path.Select(word => word + " "));
        string section = "";
        var commands = new List<string>();
        foreach (string line in help.Output.Split('\n'))
        {
            section = Section().Match(line) is { Success: true } title ? title.Groups[1].Value : section;
            if (section.EndsWith("Commands", StringComparison.Ordinal)
                && CommandLine().Match(line) is { Success: true } command)
            {
                commands.Add(command.Groups[1].Value);
            }
            else if (section.EndsWith("Options", StringComparison.Ordinal)
                && FlagLine().Match(line) is { Success: true } flag)
            {
                string value = flag.Groups["type"].Success ? "=" : "";
                string letter = flag.Groups["letter"].Success ? $" -{flag.Groups["letter"].Value}" : "";
                lines.Add($"{prefix}--{flag.Groups["name"].Value}{value}{letter}");
            }
        }

        commands.ForEach(command => lines.Add(prefix + command));
        await Task.WhenAll(commands.Select(command => VisitAsync([.. path, command])));
    }

    [GeneratedRegex(@"^([A-Z][A-Za-z ]*):\s*$")]
    private static partial Regex Section();

    [GeneratedRegex(@"^  ([a-z][a-z-]*) +\S")]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"^ +(-(?<letter>\w), )?--(?<name>[\w-]+)( (?<type>\S+))?(  |$)")]
    private static partial Regex FlagLine();
}
