using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>Reads the arguments of <c>skep daemon</c>.</summary>
public static class DaemonCommandLine
{
    /// <summary>The options of these arguments and of the configuration file that they name.</summary>
    /// <returns>null: help or the version was asked for, and has been written.</returns>
    public static (DaemonOptions Options, bool IsValidateOnly)? Read(string[] arguments, TextWriter output)
    {
        var options = DaemonFlags.All.ToDictionary(flag => flag, NewOption);
        var command = new RootCommand("A container engine on containerd, with Docker's API.");
        foreach (Option<string[]> option in options.Values)
        {
            command.Options.Add(option);
        }

        VersionOption version = command.Options.OfType<VersionOption>().Single();
        version.Aliases.Add("-v");

        ParseResult parsed = command.Parse(
            WithValues(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.GetResult(version) is { Implicit: false })
        {
            output.WriteLine($"Docker version {ProgramVersion.Text}, build skep");
            return null;
        }

        if (parsed.Action is HelpAction)
        {
            using var help = new StringWriter();
            parsed.Invoke(new InvocationConfiguration { Output = help });

            // The library knows the program's file alone, not that the daemon is one of its commands.
            string name = RootCommand.ExecutableName;
            output.Write(help.ToString().Replace(
                $"  {name} [options]", $"  {(name == "dockerd" ? name : "skep daemon")} [options]"));
            return null;
        }

        CheckUnmatched(parsed);
        var given = ImmutableDictionary.CreateBuilder<DaemonFlag, ImmutableArray<string>>();
        foreach ((DaemonFlag flag, Option<string[]> option) in options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
            {
                ImmutableArray<string> tokens = [.. result.Tokens.Select(token => token.Value)];
                given[flag] = flag.IsRepeatable ? tokens : [tokens[^1]];
            }
        }

        return ReadWithFile(given.ToImmutable());
    }

    private static (DaemonOptions Options, bool IsValidateOnly) ReadWithFile(
        ImmutableDictionary<DaemonFlag, ImmutableArray<string>> fromFlags)
    {
        string? named = fromFlags
            .Where(pair => pair.Key.Name == "config-file")
            .Select(pair => Path.GetFullPath(pair.Value[^1]))
            .FirstOrDefault();
        string path = named ?? BuiltInDefaults.ConfigFile;
        bool isThere = named is not null || File.Exists(path);
        var fromFile = isThere
            ? ConfigFile.Read(path)
            : ImmutableDictionary<DaemonFlag, ImmutableArray<string>>.Empty;
        Settings settings = Settings.Merge(fromFlags, fromFile);
        return (OptionsReader.Read(settings, isThere ? path : null), settings.Bool("validate", false));
    }

    private static Option<string[]> NewOption(DaemonFlag flag)
    {
        string[] aliases = [.. flag.Short is { } letter ? ["-" + letter] : Array.Empty<string>()];
        if (flag.Alias is { } alias)
        {
            aliases = [.. aliases, "--" + alias];
        }

        return new Option<string[]>("--" + flag.Name, aliases)
        {
            Description = flag.Help,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            Hidden = flag.WithoutEffect is not null,
            HelpName = flag.Kind switch
            {
                FlagKind.Bool => "true|false",
                FlagKind.Number => "number",
                FlagKind.Text => "string",
                _ => "list",
            },
        };
    }

    // A switch that is given alone says true, and never takes the word behind it for its value.
    private static string[] WithValues(string[] arguments)
    {
        HashSet<string> switches =
        [
            .. from flag in DaemonFlags.All
               where flag.Kind == FlagKind.Bool
               from name in new[] { "--" + flag.Name, "-" + flag.Short }
               select name,
        ];
        return [.. arguments.Select(argument => switches.Contains(argument) ? argument + "=true" : argument)];
    }

    private static void CheckUnmatched(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var first, ..])
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                first.StartsWith("--", StringComparison.Ordinal) ? $"unknown flag: {first.Split('=')[0]}"
                : first.StartsWith('-') ? $"unknown shorthand flag: '{first[1..]}' in {first}"
                : $"the daemon takes no arguments: {first}");
        }

        if (parsed.Errors is [var error, ..])
        {
            throw new RefusedException(ErrorKind.Invalid, error.Message);
        }
    }
}
