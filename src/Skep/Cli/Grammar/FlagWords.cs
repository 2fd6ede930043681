using System.CommandLine;

namespace Skep.Cli.Grammar;

/// <summary>
/// Rewrites a command line from docker's way of writing (short flags joined, "-p80:80", switches without a
/// value, the first word of run ending the options) into the one form that System.CommandLine reads
/// without guessing: commands, then "--name=value", then "--", then the words.
/// </summary>
/// <remarks>
/// It decides nothing but where a flag ends and a word begins, from the options that the commands declare.
/// </remarks>
internal sealed class FlagWords
{
    private readonly string program;
    private readonly IReadOnlyList<string> arguments;
    private readonly List<string> commands = [];
    private readonly List<(Option Option, string Value)> flags = [];
    private readonly List<string> words = [];
    private DockerCommand current;
    private UnknownWord? unknown;
    private int next;

    private FlagWords(string program, DockerCommand root, IReadOnlyList<string> arguments)
    {
        this.program = program;
        this.arguments = arguments;
        current = root;
    }

    /// <param name="AsksHelp">--help was among the flags; Canonical is empty then.</param>
    /// <param name="Unknown">Why the line cannot be run, if its first word is no command of ours.</param>
    public readonly record struct Reading(
        IReadOnlyList<string> Canonical, DockerCommand Command, bool AsksHelp, UnknownWord? Unknown = null);

    /// <param name="Word">Where the command should be; a plugin may have that name.</param>
    /// <param name="Refusal">What to say if none has.</param>
    public sealed record UnknownWord(string Word, CommandFailedException Refusal);

    /// <exception cref="CommandFailedException">An unknown flag or subcommand, or a flag without its value.</exception>
    public static Reading Read(string program, DockerCommand root, IReadOnlyList<string> arguments)
    {
        var reader = new FlagWords(program, root, arguments);
        bool asksHelp = reader.ReadAll();
        return reader.unknown is not null
            ? new Reading(reader.Canonical(), reader.current, false, reader.unknown)
            : new Reading(asksHelp ? [] : reader.Canonical(), reader.current, asksHelp);
    }

    private bool ReadAll()
    {
        bool asksHelp = false;
        while (next < arguments.Count)
        {
            string argument = arguments[next++];
            if (argument == "--")
            {
                words.AddRange(arguments.Skip(next));
                break;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                asksHelp |= ReadLong(argument);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                asksHelp |= ReadShort(argument);
            }
            else if (ReadWord(argument))
            {
                break;
            }
        }

        return asksHelp;
    }

    // True: everything after this word is the container's.
    private bool ReadWord(string word)
    {
        if (current.Subcommands.Count == 0)
        {
            words.Add(word);
            if (!current.FirstWordEndsOptions)
            {
                return false;
            }

            words.AddRange(arguments.Skip(next));
            return true;
        }

        DockerCommand? chosen = current.Subcommands.OfType<DockerCommand>()
            .FirstOrDefault(command => command.Name == word || command.Aliases.Contains(word));
        if (chosen is null && commands.Count == 0)
        {
            unknown = new UnknownWord(word, UnknownCommand(word));
            return true;
        }

        if (chosen is null)
        {
            throw UnknownCommand(word);
        }

        // Flags of the program come before its command only.
        commands.AddRange(flags.SelectMany(flag => Spell(flag.Option, flag.Value)));
        flags.Clear();
        commands.Add(chosen.Name);
        current = chosen;
        return false;
    }

    private CommandFailedException UnknownCommand(string word)
    {
        string path = current.Path(program);
        string usage = path == program ? LeftOut(word) : $"Usage:  {path}\n\n";
        return new CommandFailedException(
            $"{program}: unknown command: {path} {word}\n\n{usage}Run '{path} --help' for more information");
    }

    // Commands that docker's users know (docs/cli-left-out.txt) and what to take instead.
    private static string LeftOut(string word) => word switch
    {
        "build" or "builder" or "buildx" =>
            "Skep builds no images: build them with docker, buildah or BuildKit, then push, or load the archive\n\n",
        "compose" => "Docker's plugin compose is not installed; stacks of a swarm need none: stack deploy\n\n",
        "plugin" => "Skep's daemon loads no plugins: its drivers are built in\n\n",
        "manifest" => "Lists of images are made where images are built, or with skopeo\n\n",
        "trust" => "Docker retired content trust, and its servers with it\n\n",
        "checkpoint" => "Skep makes no checkpoints of containers\n\n",
        _ => "",
    };

    // "--name", "--name=value", "--name value".
    private bool ReadLong(string argument)
    {
        int equals = argument.IndexOf('=');
        string name = equals < 0 ? argument : argument[..equals];
        Option? option = Find(candidate => candidate.Name == name || candidate.Aliases.Contains(name));
        if (option is null || name == "--help")
        {
            return name == "--help" ? true : throw current.FlagFailure(program, $"unknown flag: {name}");
        }

        if (equals >= 0)
        {
            Add(option, argument[(equals + 1)..]);
        }
        else if (Flags.IsSwitch(option))
        {
            flags.Add((option, "true"));
        }
        else if (next < arguments.Count)
        {
            flags.Add((option, arguments[next++]));
        }
        else
        {
            throw current.FlagFailure(program, $"flag needs an argument: {name}");
        }

        return false;
    }

    // "-itd", "-p80:80", "-p=80:80", "-p 80:80", and "-dp 80:80".
    private bool ReadShort(string argument)
    {
        for (int i = 1; i < argument.Length; i++)
        {
            char letter = argument[i];
            Option? option = Find(candidate => Flags.Letter(candidate) == letter);
            if (option is null)
            {
                return letter == 'h' ? true : throw current.FlagFailure(
                    program, $"unknown shorthand flag: '{letter}' in -{argument[i..]}");
            }

            string rest = argument[(i + 1)..];
            if (rest.StartsWith('='))
            {
                Add(option, rest[1..]);
                return false;
            }

            if (Flags.IsSwitch(option))
            {
                flags.Add((option, "true"));
                continue;
            }

            if (rest.Length == 0 && next >= arguments.Count)
            {
                throw current.FlagFailure(program, $"flag needs an argument: '{letter}' in -{argument[i..]}");
            }

            flags.Add((option, rest.Length > 0 ? rest : arguments[next++]));
            return false;
        }

        return false;
    }

    private Option? Find(Predicate<Option> matches)
    {
        foreach (Option option in current.Options)
        {
            if (matches(option))
            {
                return option;
            }
        }

        return null;
    }

    // Of a flag that holds one value the last one counts.
    private List<string> Canonical()
    {
        var canonical = new List<string>(commands);
        for (int i = 0; i < flags.Count; i++)
        {
            (Option option, string value) = flags[i];
            bool isRepeated = !Flags.IsList(option) && flags.FindLastIndex(flag => flag.Option == option) != i;
            if (!isRepeated)
            {
                canonical.AddRange(Spell(option, value));
            }
        }

        if (words.Count > 0)
        {
            canonical.Add("--");
            canonical.AddRange(words);
        }

        return canonical;
    }

    // An empty value must be a word of its own: the parser takes "--name=" for a missing one.
    private static string[] Spell(Option option, string value) =>
        value.Length == 0 ? [option.Name, ""] : [$"{option.Name}={value}"];

    // The parser would not even look at the value of a switch that is neither true nor false.
    private void Add(Option option, string value)
    {
        if (!Flags.IsSwitch(option))
        {
            flags.Add((option, value));
            return;
        }

        try
        {
            flags.Add((option, Flags.ParseBool(value) ? "true" : "false"));
        }
        catch (FormatException refusal)
        {
            throw current.FlagFailure(program, Flags.Refusal(option, value, refusal));
        }
    }
}
