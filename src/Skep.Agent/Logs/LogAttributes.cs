using System.Text.RegularExpressions;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Logs;

/// <summary>The labels and variables that a log's options choose.</summary>
internal static class LogAttributes
{
    public static IReadOnlyDictionary<string, string> Choose(
        IReadOnlyDictionary<string, string>? options, ContainerConfig container)
    {
        var chosen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IEnumerable<KeyValuePair<string, string>> labels = container.Labels ?? new Dictionary<string, string>();
        IEnumerable<KeyValuePair<string, string>> variables = (container.Env ?? [])
            .Select(variable => variable.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .Select(parts => KeyValuePair.Create(parts[0], parts[1]));
        Add(chosen, labels, Option(options, "labels"), Option(options, "labels-regex"));
        Add(chosen, variables, Option(options, "env"), Option(options, "env-regex"));
        if (Option(options, "tag") is { } tag)
        {
            chosen["tag"] = tag;
        }

        return chosen;
    }

    private static string? Option(IReadOnlyDictionary<string, string>? options, string name) =>
        options is not null && options.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    private static void Add(
        SortedDictionary<string, string> chosen,
        IEnumerable<KeyValuePair<string, string>> all,
        string? names,
        string? pattern)
    {
        string[] wanted = names?.Split(',') ?? [];
        Regex? matching = pattern is null ? null : Compile(pattern);
        foreach ((string name, string value) in all)
        {
            if (wanted.Contains(name) || matching?.IsMatch(name) == true)
            {
                chosen[name] = value;
            }
        }
    }

    // The non-backtracking engine is linear in its input, as Go's is: the pattern comes from a user.
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid regular expression in log options: '{pattern}'", e);
        }
    }
}
