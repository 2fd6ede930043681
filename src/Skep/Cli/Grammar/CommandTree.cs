using System.CommandLine;

namespace Skep.Cli.Grammar;

/// <summary>All commands and flags as text, one a line, for the comparison with docker's.</summary>
/// <remarks>
/// A command is its words: "container ls". A flag follows its command: "container ls --all -a"; one that takes a value
/// ends in "=": "container ls --last= -n". Aliases and hidden flags are there too, as people may type them.
/// </remarks>
internal static class CommandTree
{
    public static IEnumerable<string> Lines(DockerCommand root) => Below(root, "");

    private static IEnumerable<string> Below(DockerCommand command, string path)
    {
        string prefix = path.Length > 0 ? path + " " : "";
        foreach (Option flag in command.Options)
        {
            string value = Flags.IsSwitch(flag) ? "" : "=";
            yield return $"{prefix}{flag.Name}{value}{(Flags.Letter(flag) is char letter ? $" -{letter}" : "")}";
        }

        foreach (DockerCommand sub in command.Subcommands.OfType<DockerCommand>())
        {
            foreach (string name in sub.Aliases.Prepend(sub.Name))
            {
                yield return prefix + name;
                foreach (string line in Below(sub, prefix + name))
                {
                    yield return line;
                }
            }
        }
    }
}
