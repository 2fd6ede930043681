using System.CommandLine;
using System.Text;

namespace Skep.Cli.Grammar;

/// <summary>The help of a command, laid out as docker's.</summary>
internal static class HelpPage
{
    private const int NamePadding = 11;

    /// <param name="columns">Width of the terminal.</param>
    public static string Of(DockerCommand command, string program, int columns)
    {
        var page = new StringBuilder("Usage:  ");
        bool isGroup = command.Subcommands.Count > 0;
        bool isRoot = !command.Parents.Any();
        string path = command.Path(program);
        page.Append(isGroup ? $"{path}{(command.Options.Any(IsShown) ? " [OPTIONS]" : "")} COMMAND"
            : command.UsageLine(program));
        page.Append("\n\n").Append(command.LongDescription ?? command.Description).Append('\n');
        if (command.SpelledAliases.Count > 0)
        {
            IEnumerable<string> names = command.SpelledAliases.Select(name => $"{program} {name}");
            page.Append("\nAliases:\n  ").AppendJoin(", ", names).Append('\n');
        }

        if (!isRoot && command.Options.Any(IsShown))
        {
            page.Append("\nOptions:\n").Append(FlagTable.Of(command.Options.Where(IsShown), columns - 1));
        }

        if (isGroup)
        {
            AppendCommands(page, command, isRoot);
        }

        if (isRoot)
        {
            page.Append("\nGlobal Options:\n").Append(FlagTable.Of(command.Options.Where(IsShown), columns - 1));
        }

        if (isGroup)
        {
            page.Append($"\nRun '{path} COMMAND --help' for more information on a command.\n");
        }

        if (isRoot && program == "docker")
        {
            page.Append("\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n");
        }

        return page.ToString();
    }

    private static bool IsShown(Option option) => !option.Hidden;

    private static void AppendCommands(StringBuilder page, DockerCommand group, bool isRoot)
    {
        IReadOnlyList<DockerCommand> all = [.. group.Subcommands.OfType<DockerCommand>()];
        AppendSection(page, "Common Commands",
            isRoot ? all.Where(IsIn(HelpSection.Common)).OrderBy(command => command.CommonRank) : []);
        AppendSection(page, "Management Commands", all.Where(IsIn(HelpSection.Management)).OrderBy(NameOf));
        AppendSection(page, "Swarm Commands", all.Where(IsIn(HelpSection.Swarm)).OrderBy(NameOf));
        AppendSection(page, "Commands", all
            .Where(command => IsIn(HelpSection.Commands)(command) || (!isRoot && IsIn(HelpSection.Common)(command)))
            .OrderBy(NameOf, StringComparer.Ordinal));
    }

    private static Func<DockerCommand, bool> IsIn(HelpSection section) => command => command.Section == section;

    private static string NameOf(DockerCommand command) => command.Name;

    private static void AppendSection(StringBuilder page, string title, IEnumerable<DockerCommand> commands)
    {
        bool isFirst = true;
        foreach (DockerCommand command in commands)
        {
            page.Append(isFirst ? $"\n{title}:\n" : "");
            isFirst = false;
            page.Append("  ").Append(command.Name.PadRight(NamePadding)).Append(' ').Append(command.Description)
                .Append('\n');
        }
    }
}
