using System.Text;
using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;

namespace Skep.Docker.Images;

/// <summary>Applies Dockerfile instructions to a configuration: the option --change of import and commit.</summary>
public static class ConfigChanges
{
    /// <exception cref="RefusedException">An instruction that is unknown here, or whose arguments are
    /// wrong.</exception>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> changes)
    {
        bool isCommandSet = false;
        foreach (string line in changes.SelectMany(change => change.Split('\n')).Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int space = line.AsSpan().IndexOfAny(' ', '\t');
            string name = (space < 0 ? line : line[..space]).ToUpperInvariant();
            string rest = space < 0 ? "" : line[space..].Trim();
            if (rest.Length == 0)
            {
                throw Invalid($"{name} requires at least one argument");
            }

            config = ApplyOne(config, name, rest, isCommandSet);
            isCommandSet |= name == "CMD";
        }

        return config;
    }

    private static ContainerConfig ApplyOne(ContainerConfig config, string name, string rest, bool isCommandSet) =>
        name switch
        {
            "CMD" => config with { Cmd = Command(rest) },

            // A new entrypoint does away with a command that was meant for the old one.
            "ENTRYPOINT" => config with { Entrypoint = Command(rest), Cmd = isCommandSet ? config.Cmd : null },
            "ENV" => config with { Env = WithVariables(config.Env ?? [], Pairs(name, rest)) },
            "LABEL" => config with { Labels = Merged(config.Labels, Pairs(name, rest)) },
            "EXPOSE" => config with { ExposedPorts = Merged(config.ExposedPorts, Words(rest).SelectMany(Ports)) },
            "VOLUME" => config with { Volumes = Merged(config.Volumes, List(rest) ?? Words(rest)) },
            "USER" => config with { User = rest },
            "WORKDIR" => config with { WorkingDir = JoinPath(config.WorkingDir, rest) },
            "STOPSIGNAL" => config with { StopSignal = rest },
            "ONBUILD" => config with { OnBuild = [.. config.OnBuild ?? [], rest] },
            "HEALTHCHECK" => config with { Healthcheck = Health(rest) },
            "SHELL" => config with { Shell = List(rest) ?? throw Invalid("SHELL requires the arguments in JSON form") },
            _ => throw Invalid($"{name.ToLowerInvariant()} is not a valid change command"),
        };

    private static IReadOnlyList<string> Command(string rest) => List(rest) ?? ["/bin/sh", "-c", rest];

    // ["a", "b"]; anything else is the shell form.
    private static IReadOnlyList<string>? List(string rest)
    {
        if (!rest.StartsWith('['))
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(rest, new JsonDocumentOptions { MaxDepth = 2 });
            return json.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. json.RootElement.EnumerateArray().Select(item => item.GetString()!)]
                : null;
        }
        catch (JsonException)
        {
            return null; // "CMD [ -f /x ] && run" is a shell command.
        }
    }

    // NAME=value NAME2="a value" … or, with one pair, NAME value.
    private static IReadOnlyList<KeyValuePair<string, string>> Pairs(string instruction, string rest)
    {
        List<string> words = Words(rest);
        if (!words[0].Contains('='))
        {
            int space = rest.AsSpan().IndexOfAny(' ', '\t');
            return space < 0
                ? throw Invalid($"{instruction} must have two arguments")
                : [new(rest[..space], rest[space..].Trim())];
        }

        return [.. words.Select(word => word.IndexOf('=') is > 0 and var at
            ? new KeyValuePair<string, string>(word[..at], word[(at + 1)..])
            : throw Invalid($"Syntax error - can't find = in \"{word}\". Must be of the form: name=value"))];
    }

    /// <summary>
    /// Words as a shell would split them: quotes group, a backslash takes the next character as it is.
    /// </summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool isWord = false;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
                isWord = true;
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                isWord = true;
            }
            else if (quote == '\0' && c is ' ' or '\t')
            {
                if (isWord)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static IReadOnlyList<string> WithVariables(
        IReadOnlyList<string> environment, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var result = environment.ToList();
        foreach ((string name, string value) in more)
        {
            int at = result.FindIndex(line => line.StartsWith(name + "=", StringComparison.Ordinal) || line == name);
            if (at < 0)
            {
                result.Add($"{name}={value}");
            }
            else
            {
                result[at] = $"{name}={value}";
            }
        }

        return result;
    }

    private static Dictionary<string, string> Merged(
        IReadOnlyDictionary<string, string>? labels, IEnumerable<KeyValuePair<string, string>> more)
    {
        var result = new Dictionary<string, string>(labels ?? new Dictionary<string, string>());
        foreach ((string name, string value) in more)
        {
            result[name] = value;
        }

        return result;
    }

    private static Dictionary<string, Empty> Merged(IReadOnlyDictionary<string, Empty>? set, IEnumerable<string> more)
    {
        var result = new Dictionary<string, Empty>(set ?? new Dictionary<string, Empty>());
        foreach (string name in more)
        {
            result[name] = Empty.Value;
        }

        return result;
    }

    // "80", "53/udp", "8000-8010/tcp".
    private static IEnumerable<string> Ports(string text)
    {
        string[] parts = text.Split('/');
        string protocol = parts.Length > 1 ? parts[1].ToLowerInvariant() : "tcp";
        string[] range = parts[0].Split('-');
        if (parts.Length > 2 || protocol is not ("tcp" or "udp" or "sctp") || range.Length > 2
            || !ushort.TryParse(range[0], out ushort first) || !ushort.TryParse(range[^1], out ushort last)
            || last < first)
        {
            throw Invalid("Invalid containerPort: " + text);
        }

        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }

    private static string JoinPath(string from, string path)
    {
        var parts = new List<string>();
        foreach (string part in (path.StartsWith('/') ? path : from + "/" + path).Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    private static HealthConfig Health(string rest)
    {
        var health = new HealthConfig();
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            int end = rest.AsSpan().IndexOfAny(' ', '\t');
            string option = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[end..].Trim();
            health = WithOption(health, option);
        }

        int space = rest.AsSpan().IndexOfAny(' ', '\t');
        string kind = (space < 0 ? rest : rest[..space]).ToUpperInvariant();
        string command = space < 0 ? "" : rest[space..].Trim();
        return (kind, command) switch
        {
            ("NONE", "") => new HealthConfig { Test = ["NONE"] },
            ("CMD", { Length: > 0 }) => health with
            {
                Test = List(command) is { } list ? ["CMD", .. list] : ["CMD-SHELL", command],
            },
            ("CMD", _) => throw Invalid("Missing command after HEALTHCHECK CMD"),
            _ => throw Invalid($"Unknown type \"{kind}\" in HEALTHCHECK (try CMD)"),
        };
    }

    private static HealthConfig WithOption(HealthConfig health, string option)
    {
        int equals = option.IndexOf('=');
        string name = equals < 0 ? option : option[..equals];
        string value = equals < 0 ? "" : option[(equals + 1)..];
        return name switch
        {
            "--interval" => health with { Interval = Nanoseconds(name, value) },
            "--timeout" => health with { Timeout = Nanoseconds(name, value) },
            "--start-period" => health with { StartPeriod = Nanoseconds(name, value) },
            "--start-interval" => health with { StartInterval = Nanoseconds(name, value) },
            "--retries" => int.TryParse(value, out int count) && count > 0
                ? health with { Retries = count }
                : throw Invalid($"--retries must be at least 1 (not {value})"),
            _ => throw Invalid("Unknown flag: " + name.TrimStart('-')),
        };
    }

    private static long Nanoseconds(string name, string value) =>
        GoDuration.TryParse(value, out TimeSpan time) && time >= TimeSpan.FromMilliseconds(1)
            ? time.Ticks * TimeSpan.NanosecondsPerTick
            : throw Invalid($"Interval \"{name.TrimStart('-')}\" cannot be less than 1ms");

    private static RefusedException Invalid(string message) => new(ErrorKind.Invalid, message);
}
