using System.CommandLine;
using System.Globalization;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--generic-resource NAME=COUNT: things of a node that only its operator knows.</summary>
internal static class GenericResourceFlag
{
    public static Option<string[]> Make(string name, string description) =>
        Flags.List(name, null, description, Check);

    public static string Check(string text) => text.Contains('=')
        ? text
        : throw new FormatException($"invalid generic-resource format `{text}` expected `name=value`");

    /// <exception cref="CommandFailedException">With docker's words.</exception>
    public static IReadOnlyList<GenericResource> Parse(IEnumerable<string> flags)
    {
        var counts = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string flag in flags)
        {
            string[] parts = flag.Split('=');
            if (parts.Length != 2)
            {
                throw Refused($"incorrect term {flag}, missing '=' or malformed expression");
            }

            string kind = parts[0].Trim();
            counts[kind] = [.. counts.GetValueOrDefault(kind) ?? [], parts[1].Trim()];
        }

        return [.. counts.Select(entry => Discrete(entry.Key, entry.Value))];
    }

    /// <summary>What was reserved before, changed.</summary>
    public static IReadOnlyList<GenericResource>? Changed(
        IReadOnlyList<GenericResource>? before, IEnumerable<string> added, IEnumerable<string> removed)
    {
        var all = new SortedDictionary<string, GenericResource>(StringComparer.Ordinal);
        foreach (GenericResource resource in (before ?? []).Concat(Parse(added)))
        {
            all[resource.DiscreteResourceSpec?.Kind ?? throw new CommandFailedException(
                $"invalid generic-resource `{resource.NamedResourceSpec?.Kind}` for service task")] = resource;
        }

        foreach (string kind in removed)
        {
            if (!all.Remove(kind))
            {
                throw new CommandFailedException($"could not find generic-resource `{kind}` to remove it");
            }
        }

        return Lists.OrNull<GenericResource>([.. all.Values]);
    }

    private static GenericResource Discrete(string kind, List<string> values)
    {
        bool isNumber = long.TryParse(
            values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count);
        if (values.Count == 1 && isNumber)
        {
            return count >= 0
                ? new GenericResource { DiscreteResourceSpec = new() { Kind = kind, Value = count } }
                : throw Refused($"cannot ask for negative resource {kind}");
        }

        bool isMixed = values.Exists(value => long.TryParse(value, CultureInfo.InvariantCulture, out _));
        throw isMixed
            ? Refused($"mixed discrete and named resources in expression '{kind}=[{string.Join(' ', values)}]'")
            : new CommandFailedException($"invalid generic-resource request `{kind}={values[0]}`, "
                + "Named Generic Resources is not supported for service create or update");
    }

    private static CommandFailedException Refused(string complaint) => new(
        $"invalid generic resource specification: could not parse GenericResource: {complaint}");
}
