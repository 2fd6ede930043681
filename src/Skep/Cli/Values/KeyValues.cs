namespace Skep.Cli.Values;

/// <summary>"NAME=value" pairs: variables, labels and options, from flags and from files.</summary>
internal static class KeyValues
{
    /// <summary>A pair without "=" has the empty value; the last of the same name counts.</summary>
    public static Dictionary<string, string> Map(IEnumerable<string> pairs)
    {
        var map = new Dictionary<string, string>();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=');
            map[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return map;
    }

    /// <summary>Check of a variable flag; a bare name takes its value from our own environment.</summary>
    public static string CheckVariable(string pair)
    {
        if (pair.Length == 0 || pair[0] == '=')
        {
            throw new FormatException($"invalid environment variable: {pair}");
        }

        return pair.Contains('=') || Environment.GetEnvironmentVariable(pair) is not { } value
            ? pair
            : $"{pair}={value}";
    }

    public static string CheckLabel(string pair)
    {
        string name = pair.Split('=')[0].TrimStart(' ', '\t');
        return name.Length == 0 ? throw new FormatException($"invalid label '{pair}': empty name")
            : name.AsSpan().ContainsAny(" \t") ? throw new FormatException($"label '{name}' contains whitespaces")
            : pair;
    }

    /// <summary>Flags of filters: "name=value".</summary>
    public static string CheckFilter(string pair)
    {
        int equals = pair.IndexOf('=');
        return pair.Length == 0 ? pair
            : equals < 0 ? throw new FormatException("bad format of filter (expected name=value)")
            : $"{pair[..equals].Trim().ToLowerInvariant()}={pair[(equals + 1)..].Trim()}";
    }

    /// <summary>The lines of files, then the flags; in files "#" starts a comment line.</summary>
    /// <param name="takesEnvironment">
    /// A bare name in a file is a variable of ours; otherwise, or when it is not set, it is dropped.
    /// </param>
    public static IReadOnlyList<string> WithFiles(
        IEnumerable<string> paths, IEnumerable<string> flags, bool takesEnvironment)
    {
        var pairs = new List<string>();
        foreach (string path in paths)
        {
            pairs.AddRange(ReadFile(path, takesEnvironment));
        }

        return [.. pairs, .. flags];
    }

    private static IEnumerable<string> ReadFile(string path, bool takesEnvironment)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            string reason = missing is UnauthorizedAccessException ? "permission denied" : "no such file or directory";
            throw new CommandFailedException($"open {path}: {reason}");
        }

        foreach (string line in lines.Select(line => line.TrimStart()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            int equals = line.IndexOf('=');
            string name = equals < 0 ? line : line[..equals];
            if (name.Length == 0)
            {
                throw new CommandFailedException($"invalid env file ({path}): no variable name on line '{line}'");
            }

            if (name.Any(char.IsWhiteSpace))
            {
                throw new CommandFailedException(
                    $"invalid env file ({path}): variable '{name}' contains whitespaces");
            }

            if (equals >= 0)
            {
                yield return line;
            }
            else if (takesEnvironment && Environment.GetEnvironmentVariable(line) is { } value)
            {
                yield return $"{line}={value}";
            }
        }
    }
}
