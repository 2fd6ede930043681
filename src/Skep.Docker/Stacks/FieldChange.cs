using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;

namespace Skep.Docker.Stacks;

/// <summary>One field in which two specs of a service differ.</summary>
/// <param name="Path">As service inspect shows it: TaskTemplate.ContainerSpec.Image.</param>
/// <param name="Before">JSON; null: the field, or this item of the list, is new.</param>
/// <param name="After">JSON; null: it goes away.</param>
public sealed record FieldChange(string Path, string? Before, string? After)
{
    public override string ToString() => (Before, After) switch
    {
        (null, _) => $"+ {Path}: {After}",
        (_, null) => $"- {Path}: {Before}",
        _ => $"~ {Path}: {Before} -> {After}",
    };

    /// <summary>Whether two specs mean the same to the swarm, which fills in what they do not say.</summary>
    /// <exception cref="Skep.Swarm.RefusedException">A spec says what services cannot have.</exception>
    public static bool AreSame(ServiceSpec left, ServiceSpec right) =>
        ServiceSpecs.ToSpec(left) == ServiceSpecs.ToSpec(right);

    /// <summary>What differs, in the order of the paths.</summary>
    /// <exception cref="Skep.Swarm.RefusedException">A spec says what services cannot have.</exception>
    public static IReadOnlyList<FieldChange> Between(ServiceSpec before, ServiceSpec after)
    {
        SortedDictionary<string, List<string>> old = Fields(before);
        SortedDictionary<string, List<string>> fresh = Fields(after);
        var changes = new List<FieldChange>();
        foreach (string path in old.Keys.Union(fresh.Keys).Order(StringComparer.Ordinal))
        {
            changes.AddRange(Changes(path, old.GetValueOrDefault(path, []), fresh.GetValueOrDefault(path, [])));
        }

        return changes;
    }

    /// <summary>All fields of a spec, as they are when its service is created.</summary>
    /// <exception cref="Skep.Swarm.RefusedException">The spec says what services cannot have.</exception>
    public static IReadOnlyList<FieldChange> All(ServiceSpec spec) => New(Fields(spec));

    /// <summary>All fields of a request.</summary>
    public static IReadOnlyList<FieldChange> All(JsonElement request)
    {
        var fields = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        Collect(fields, "", request);
        return New(fields);
    }

    public static IReadOnlyList<FieldChange> OfMaps(
        string path, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .Select(key => new FieldChange(
                $"{path}.{key}", before.GetValueOrDefault(key), after.GetValueOrDefault(key))),
    ];

    private static List<FieldChange> New(SortedDictionary<string, List<string>> fields) =>
        [.. fields.SelectMany(field => field.Value.Select(value => new FieldChange(field.Key, null, value)))];

    // A field that has one value before and after changes; of a list, items come and go.
    private static IEnumerable<FieldChange> Changes(string path, List<string> before, List<string> after)
    {
        if (before.SequenceEqual(after))
        {
            return [];
        }

        List<string> gone = Without(before, after);
        List<string> added = Without(after, before);
        if (gone.Count + added.Count == 0)
        {
            return [new FieldChange(path, Whole(before), Whole(after))];
        }

        return gone.Count == 1 && added.Count == 1
            ? [new FieldChange(path, gone[0], added[0])]
            : [.. gone.Select(item => new FieldChange(path, item, null)),
                .. added.Select(item => new FieldChange(path, null, item))];
    }

    private static string Whole(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    private static List<string> Without(IEnumerable<string> items, IEnumerable<string> others)
    {
        List<string> left = [.. items];
        foreach (string other in others)
        {
            left.Remove(other);
        }

        return left;
    }

    private static SortedDictionary<string, List<string>> Fields(ServiceSpec spec)
    {
        var fields = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        Collect(fields, "", JsonSerializer.SerializeToElement(
            ServiceView.SpecOf(ServiceSpecs.ToSpec(spec)), EngineJson.Default.ServiceSpec));
        return fields;
    }

    private static void Collect(SortedDictionary<string, List<string>> fields, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.Object when value.EnumerateObject().Any():
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    Collect(fields, path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value);
                }

                break;
            case JsonValueKind.Array:
                fields[path] = [.. value.EnumerateArray().Select(item => item.GetRawText())];
                break;
            default:
                fields[path] = [value.GetRawText()];
                break;
        }
    }
}
