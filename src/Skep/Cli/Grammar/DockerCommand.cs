using System.CommandLine;

namespace Skep.Cli.Grammar;

/// <summary>Under which heading the program's help lists a command.</summary>
internal enum HelpSection
{
    Commands,
    Common,
    Management,
    Swarm,
    Hidden,
}

/// <summary>One command of docker's language: its words, its flags, and what it does.</summary>
/// <remarks>docs/checklists/new-command.md shows how to write one.</remarks>
internal sealed class DockerCommand : Command
{
    /// <param name="usage">What follows the name in the usage line.</param>
    public DockerCommand(string name, string usage, string description)
        : base(name, description) => Usage = usage;

    public string Usage { get; }

    /// <summary>In its own help, where more can be said than in a list; null: the description.</summary>
    public string? LongDescription { get; init; }

    public WordCount Count { get; init; } = WordCount.None;

    /// <summary>The first word ends the options; what follows belongs to the container's command.</summary>
    public bool FirstWordEndsOptions { get; init; }

    public HelpSection Section { get; init; }

    /// <summary>Place among the common commands.</summary>
    public int CommonRank { get; init; }

    /// <summary>All full names without the program's, as help shows them: "container ls", "ps".</summary>
    public IReadOnlyList<string> SpelledAliases { get; init; } = [];

    /// <summary>Null: the command only groups others.</summary>
    public Func<Invocation, CancellationToken, Task<int>>? Run { get; set; }

    public Argument<string[]> Words { get; } = new("words") { Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Adds an option and gives it back, so that one line declares it.</summary>
    public Option<T> Flag<T>(Option<T> option)
    {
        Options.Add(option);
        return option;
    }

    /// <summary>Must be called last: a command with words takes no subcommands.</summary>
    public DockerCommand Does(Func<Invocation, CancellationToken, Task<int>> run)
    {
        Run = run;
        Arguments.Add(Words);
        return this;
    }

    public DockerCommand With(params ReadOnlySpan<DockerCommand> commands)
    {
        foreach (DockerCommand command in commands)
        {
            Subcommands.Add(command);
        }

        return this;
    }

    /// <summary>The same command under another parent or name.</summary>
    public DockerCommand Named(string name)
    {
        Aliases.Add(name);
        return this;
    }

    /// <summary>Full path from the program's name on.</summary>
    public string Path(string program) => Parents.OfType<DockerCommand>().FirstOrDefault() is { } parent
        ? $"{parent.Path(program)} {Name}"
        : program;

    /// <summary>The usage line without "Usage:".</summary>
    public string UsageLine(string program) => $"{Path(program)} {Usage}".TrimEnd();

    /// <summary>The error of a wrong flag: docker's words and code.</summary>
    public CommandFailedException FlagFailure(string program, string what) => new(
        $"{what}\n\nUsage:  {UsageLine(program)}\n\nRun '{Path(program)} --help' for more information", 125);
}
