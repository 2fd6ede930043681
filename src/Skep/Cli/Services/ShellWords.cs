using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Services;

/// <summary>A flag whose value is a command line, parted as a shell does it.</summary>
internal static class ShellWords
{
    public static Option<string[]> Flag(string name, string description) =>
        Flags.Make(name, null, "command", description, Split);

    /// <exception cref="FormatException">With docker's words.</exception>
    public static string[] Split(string line) => Docker.Values.ShellWords.Split(line);
}
