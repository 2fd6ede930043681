using System.CommandLine;
using Skep.Cli.Client;
using Skep.Cli.Completing;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;
using Skep.Linux;

namespace Skep.Cli;

/// <summary>The command line: reads it, runs its command, says what went wrong, and gives the exit code.</summary>
public static class CliProgram
{
    private const int BrokenPipeCode = 141;

    /// <summary>Of this build.</summary>
    public static string Version { get; } =
        typeof(CliProgram).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <param name="calledAs">The program's name or path: called "docker" it speaks as docker.</param>
    public static async Task<int> RunAsync(string calledAs, string[] args, CancellationToken stop)
    {
        string program = Path.GetFileName(calledAs) == "docker" ? "docker" : "skep";
        CliConsole console = CliConsole.OfProcess();
        using var interrupts = new Interrupts(stop);
        try
        {
            return await RunAsync(program, args, console, interrupts);
        }
        catch (CommandFailedException failed)
        {
            if (failed.Message.Length > 0)
            {
                console.WriteErrorLine(failed.Message);
            }

            return failed.ExitCode;
        }
        catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
        {
            return interrupts.Received > 0 ? 128 + interrupts.Received : 1;
        }
        catch (ErrnoException broken) when (broken.Errno == Errno.EPIPE)
        {
            return BrokenPipeCode;
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException or UnauthorizedAccessException)
        {
            console.WriteErrorLine(lost.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(
        string program, string[] args, CliConsole console, Interrupts interrupts)
    {
        if (args is [CompletionCommands.Word, .. var typed])
        {
            return await CompletionCommands.AnswerAsync(program, typed, console, interrupts, TimeProvider.System);
        }

        DockerCommand root = RootCommands.Make(program, out ConnectionFlags connection);
        string[] words = args is ["help", .. var topic] ? HelpTopic(root, topic) : args;
        FlagWords.Reading reading = FlagWords.Read(program, root, words);
        int columns = console.Size.Columns is > 0 and var width ? width : 80;
        if (reading.AsksHelp)
        {
            console.Write(HelpPage.Of(reading.Command, program, columns));
            return 0;
        }

        if (reading.Unknown is { } unknown)
        {
            using var outset = new CliSession(
                program, console, connection.Read(Parse(root, reading)), interrupts, TimeProvider.System);
            return await ClientPlugins.RunAsync(outset, unknown.Word, args) ?? throw unknown.Refusal;
        }

        bool isGroup = reading.Command.Run is null && reading.Command != root;
        if (isGroup)
        {
            console.Error.Write(System.Text.Encoding.UTF8.GetBytes(HelpPage.Of(reading.Command, program, columns)));
            return 0;
        }

        ParseResult parsed = Parse(root, reading);

        // Without a command there is nothing but the program's own flags, and its help.
        if (parsed.Errors.Count > 0 && reading.Command != root)
        {
            throw reading.Command.FlagFailure(program, parsed.Errors[0].Message);
        }

        if (parsed.GetValue(connection.Version))
        {
            console.WriteLine(program == "docker"
                ? $"Docker version {Version}, build skep" : $"Skep version {Version}");
            return 0;
        }

        if (reading.Command.Run is null)
        {
            console.Error.Write(System.Text.Encoding.UTF8.GetBytes(HelpPage.Of(reading.Command, program, columns)));
            return 0;
        }

        using var session = new CliSession(
            program, console, connection.Read(parsed), interrupts, TimeProvider.System);
        var call = new Invocation(parsed, reading.Command, session);
        CheckWords(program, reading.Command, call.Words.Count);
        return await reading.Command.Run(call, interrupts.Stop);
    }

    private static ParseResult Parse(DockerCommand root, FlagWords.Reading reading) =>
        root.Parse(reading.Canonical, new ParserConfiguration
        {
            EnablePosixBundling = false,
            ResponseFileTokenReplacer = null,
        });

    private static void CheckWords(string program, DockerCommand command, int count)
    {
        string path = command.Path(program);
        if (command.Count.Complaint(path, count) is { } complaint)
        {
            throw new CommandFailedException($"{program}: {complaint}\n\nUsage:  {command.UsageLine(program)}\n\n"
                + $"{command.Count.Pointer} '{path} --help' for more information");
        }
    }

    // "help network create" is "network create --help".
    private static string[] HelpTopic(DockerCommand root, string[] topic)
    {
        Command current = root;
        foreach (string word in topic)
        {
            current = current.Subcommands.FirstOrDefault(command =>
                command.Name == word || command.Aliases.Contains(word))
                ?? throw new CommandFailedException($"unknown help topic: {string.Join(' ', topic)}");
        }

        return [.. topic, "--help"];
    }
}
