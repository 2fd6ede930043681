using System.CommandLine;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;

namespace Skep.Cli.Completing;

/// <summary>skep completion SHELL, and what the shells' scripts ask: skep __complete WORD....</summary>
internal static class CompletionCommands
{
    /// <summary>The word of the shells' scripts; what follows is not read as a command line.</summary>
    public const string Word = "__complete";

    // A line that no name can be: the shell completes files.
    private const string Files = ":files";

    // A shell's user waits for it.
    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(2);

    public static DockerCommand Make(string program) =>
        new DockerCommand("completion", "COMMAND",
            $"Generate the autocompletion script for {program} for the specified shell")
        {
            LongDescription = $"Generate the autocompletion script for {program} for the specified shell.\n"
                + "See each sub-command's help for details on how to use the generated script.\n",
        }.With(
            Shell("bash", program, $"source <({program} completion bash)",
                $"{program} completion bash > /etc/bash_completion.d/{program}", ShellScripts.Bash),
            Shell("fish", program, $"{program} completion fish | source",
                $"{program} completion fish > ~/.config/fish/completions/{program}.fish", ShellScripts.Fish),
            Shell("zsh", program, $"source <({program} completion zsh)",
                $"{program} completion zsh > \"${{fpath[1]}}/_{program}\"", ShellScripts.Zsh));

    /// <summary>Writes what can follow, one a line, with a tab before its description.</summary>
    public static async Task<int> AnswerAsync(
        string program, string[] typed, CliConsole console, Interrupts interrupts, TimeProvider time)
    {
        DockerCommand root = RootCommands.Make(program, out ConnectionFlags connection);
        var rootFlags = new List<string>();
        Completion completion = Completion.Of(root, typed, rootFlags);
        foreach ((string word, string description) in completion.Words)
        {
            console.WriteLine(description.Length > 0 ? $"{word}\t{description}" : word);
        }

        if (completion.Names == NameKind.File)
        {
            console.WriteLine(Files);
            return 0;
        }

        if (completion.Names == NameKind.None)
        {
            return 0;
        }

        using var session = new CliSession(
            program, console, connection.Read(root.Parse(rootFlags)), interrupts, time);
        using var expiry = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, interrupts.Stop);
        try
        {
            foreach (string name in await KnownNames.FindAsync(completion.Names, session, both.Token))
            {
                if (name.StartsWith(completion.Prefix, StringComparison.Ordinal))
                {
                    console.WriteLine(completion.Lead + name);
                }
            }

            return 0;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested)
        {
            // A daemon that takes so long helps nobody who types.
            return 1;
        }
    }

    private static DockerCommand Shell(string shell, string program, string now, string always, string script)
    {
        var command = new DockerCommand(shell, "", $"Generate the autocompletion script for {shell}")
        {
            LongDescription = $"Generate the autocompletion script for the {shell} shell.\n\n"
                + $"To load completions in your current shell session:\n\n\t{now}\n\n"
                + $"To load completions for every new session, execute once:\n\n\t{always}\n\n"
                + "You will need to start a new shell for this setup to take effect.",
        };
        Option<bool> bare = command.Flag(Flags.Switch(
            "no-descriptions", null, "disable completion descriptions"));
        return command.Does((call, _) =>
        {
            call.Console.Write(script.Replace("PROGRAM", program)
                .Replace("KEEP", call.Get(bare) ? "cut -f1" : "cat"));
            return Task.FromResult(0);
        });
    }
}
