using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Completing;

/// <summary>Of what the word that is being typed can be a name.</summary>
internal enum NameKind
{
    None,
    Config,
    Container,
    Context,
    File,
    Image,
    Network,
    Node,
    Secret,
    Service,
    Stack,
    Volume,
}

/// <summary>What can stand where the user is typing: words that are known, and names that must be asked for.</summary>
/// <param name="Words">Each with what it does; begins as the user began.</param>
/// <param name="Prefix">What the user has typed of the name, without a flag before it.</param>
/// <param name="Lead">What stands before the name in the same word: "--network=".</param>
internal sealed record Completion(
    IReadOnlyList<(string Word, string Description)> Words, NameKind Names, string Prefix, string Lead)
{
    /// <param name="typed">All words after the program's name; the last one is not finished.</param>
    /// <param name="rootFlags">Gets the program's own flags, which say which daemon to ask.</param>
    public static Completion Of(DockerCommand root, IReadOnlyList<string> typed, List<string> rootFlags)
    {
        DockerCommand current = root;
        Option? pending = null;
        int wordCount = 0;
        bool isForeign = false;
        foreach (string word in typed.SkipLast(1))
        {
            if (pending is not null)
            {
                Keep(current, root, pending, word, rootFlags);
                pending = null;
            }
            else if (isForeign || word == "--")
            {
                wordCount += word == "--" && !isForeign ? 0 : 1;
                isForeign = true;
            }
            else if (word.StartsWith('-') && word.Length > 1)
            {
                pending = ReadFlag(current, root, word, rootFlags);
            }
            else if (Sub(current, word) is { } sub)
            {
                current = sub;
            }
            else
            {
                wordCount++;
                isForeign = current.FirstWordEndsOptions;
            }
        }

        string last = typed.Count > 0 ? typed[^1] : "";
        return pending is not null ? ValueOf(pending, last, "") : Next(current, last, wordCount, isForeign);
    }

    private static Completion Next(DockerCommand current, string last, int wordCount, bool isForeign)
    {
        int equals = last.IndexOf('=');
        if (!isForeign && last.StartsWith("--", StringComparison.Ordinal) && equals > 0)
        {
            return Flag(current, last[..equals]) is { } flag
                ? ValueOf(flag, last[(equals + 1)..], last[..(equals + 1)])
                : new Completion([], NameKind.None, last, "");
        }

        if (!isForeign && last.StartsWith('-'))
        {
            return new Completion(
                [.. current.Options.Where(option => !option.Hidden).Select(option => (option.Name, FirstLine(option)))
                    .Where(flag => flag.Name.StartsWith(last, StringComparison.Ordinal))
                    .OrderBy(flag => flag.Name, StringComparer.Ordinal)],
                NameKind.None, last, "");
        }

        return current.Subcommands.Count > 0
            ? new Completion(
                [.. current.Subcommands.OfType<DockerCommand>()
                    .Where(sub => sub.Section != HelpSection.Hidden
                        && sub.Name.StartsWith(last, StringComparison.Ordinal))
                    .Select(sub => (sub.Name, sub.Description ?? "")).OrderBy(sub => sub.Name, StringComparer.Ordinal)],
                NameKind.None, last, "")
            : new Completion([], UsageWords.KindOf(current.Usage, wordCount), last, "");
    }

    private static Completion ValueOf(Option flag, string prefix, string lead)
    {
        IEnumerable<string> known = flag.Name switch
        {
            "--format" => ["table", "json"],
            "--log-level" => ["debug", "info", "warn", "error", "fatal"],
            "--availability" => ["active", "pause", "drain"],
            "--role" => ["worker", "manager"],
            "--restart" => ["no", "on-failure", "always", "unless-stopped"],
            "--pull" => ["always", "missing", "never"],
            "--mode" => ["replicated", "global", "replicated-job", "global-job"],
            "--type" => ["config", "container", "image", "network", "node", "secret", "service", "task", "volume"],
            _ => [],
        };
        return new Completion(
            [.. known.Where(word => word.StartsWith(prefix, StringComparison.Ordinal))
                .Select(word => (lead + word, ""))],
            KindOf(flag), prefix, lead);
    }

    private static NameKind KindOf(Option flag) => flag.Name switch
    {
        "--network" or "--network-add" or "--network-rm" => NameKind.Network,
        "--secret" or "--secret-add" or "--secret-rm" => NameKind.Secret,
        "--config-add" or "--config-rm" => NameKind.Config,
        "--volumes-from" or "--link" => NameKind.Container,
        "--context" or "--from" => NameKind.Context,
        "--image" => NameKind.Image,
        "--format" or "--log-level" => NameKind.None,
        "--config" when Flags.IsList(flag) => NameKind.Config,
        _ when flag.Name.EndsWith("-file", StringComparison.Ordinal) => NameKind.File,
        "--input" or "--output" or "--tlscacert" or "--tlscert" or "--tlskey" or "--config" or "--cidfile"
            or "--volume" or "--mount" => NameKind.File,
        _ => NameKind.None,
    };

    // A flag of the last word but one may still want its value.
    private static Option? ReadFlag(DockerCommand current, DockerCommand root, string word, List<string> rootFlags)
    {
        int equals = word.IndexOf('=');
        string name = equals > 0 ? word[..equals] : word;
        if (Flag(current, name) is not { } flag || Flags.IsSwitch(flag))
        {
            return null;
        }

        if (equals < 0)
        {
            return flag;
        }

        Keep(current, root, flag, word[(equals + 1)..], rootFlags);
        return null;
    }

    private static void Keep(
        DockerCommand current, DockerCommand root, Option flag, string value, List<string> rootFlags)
    {
        if (current == root)
        {
            rootFlags.Add($"{flag.Name}={value}");
        }
    }

    // "-it" wants a value if its last letter does.
    private static Option? Flag(DockerCommand command, string name) => command.Options.FirstOrDefault(option =>
        option.Name == name || (name.Length > 1 && name[1] != '-' && Flags.Letter(option) == name[^1]));

    private static DockerCommand? Sub(DockerCommand command, string word) =>
        command.Subcommands.OfType<DockerCommand>()
            .FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word));

    private static string FirstLine(Option option) => (option.Description ?? "").Split('\n')[0];
}
