using System.Text.RegularExpressions;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Logs;

/// <summary>The container that a log belongs to.</summary>
public sealed record LogSubject(string Id, string Name, string ImageId, ContainerConfig Config);

/// <summary>The labels, variables and the tag that a log's options choose.</summary>
internal static class LogAttributes
{
    public static IReadOnlyDictionary<string, string> Choose(
        IReadOnlyDictionary<string, string>? options, LogSubject subject)
    {
        ContainerConfig container = subject.Config;
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
            chosen["tag"] = Expand(tag, subject);
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

    // Docker's tag is a Go template over these fields; nothing else is known there.
    private static string Expand(string tag, LogSubject subject)
    {
        string image = subject.ImageId.Split(':').Last();
        (string Field, string Value)[] fields =
        [
            ("ID", subject.Id[..12]), ("FullID", subject.Id), ("Name", subject.Name), ("ImageID", image[..12]),
            ("ImageFullID", subject.ImageId), ("ImageName", subject.Config.Image), ("DaemonName", "docker"),
        ];
        string expanded = fields.Aggregate(tag, (text, field) => Regex.Replace(
            text,
            @"\{\{\s*\." + field.Field + @"\s*\}\}",
            field.Value.Replace("$", "$$"),
            RegexOptions.NonBacktracking));
        return expanded.Contains("{{", StringComparison.Ordinal)
            ? throw new RefusedException(ErrorKind.Invalid, $"invalid log tag '{tag}': it uses more than plain fields")
            : expanded;
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
