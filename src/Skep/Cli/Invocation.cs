using System.CommandLine;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli;

/// <summary>One run of a command: what was asked, and what it may use to do it.</summary>
internal sealed class Invocation(ParseResult parsed, DockerCommand command, CliSession session)
{
    public CliSession Session => session;

    public CliConsole Console => session.Console;

    /// <summary>The daemon; found and connected to on first use.</summary>
    public EngineClient Engine => session.Engine;

    /// <summary>The name that the program was called by.</summary>
    public string Program => session.Program;

    public DockerCommand Command => command;

    public IReadOnlyList<string> Words => parsed.GetValue(command.Words) ?? [];

    public T Get<T>(Option<T> option) => parsed.GetValue(option)!;

    /// <summary>The flag was on the command line.</summary>
    public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The error of run and create: it names the program and points to the help.</summary>
    public CommandFailedException RunFailure(string message, int exitCode) => new(
        $"{Program}: {message}\n\nRun '{Program} {command.Name} --help' for more information", exitCode);
}
