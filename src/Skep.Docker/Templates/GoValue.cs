namespace Skep.Docker.Templates;

// What a template computes with: null, bool, long, double, string and the types of this file.

/// <summary>Go's slice. A nil slice prints and counts as empty, but is null in JSON.</summary>
/// <param name="type">Go's name of the type: a raw JSON array is not a []string.</param>
public sealed class GoList(IReadOnlyList<object?> items, string type = "[]string", bool isNil = false)
{
    public const string RawType = "[]interface {}";

    /// <summary>Bytes: a list of numbers in a template, base64 in JSON.</summary>
    public const string BytesType = "[]uint8";

    public IReadOnlyList<object?> Items => items;

    public string Type => type;

    public bool IsNil => isNil;
}

/// <summary>Go's map with text keys; walks and prints in the order of its keys.</summary>
public sealed class GoMap(IEnumerable<KeyValuePair<string, object?>> entries, bool isNil = false)
{
    private readonly SortedDictionary<string, object?> sorted =
        new(new Dictionary<string, object?>(entries), StringComparer.Ordinal);

    public IReadOnlyCollection<KeyValuePair<string, object?>> Entries => sorted;

    public bool IsNil => isNil;

    public bool TryGet(string key, out object? value) => sorted.TryGetValue(key, out value);
}

/// <summary>A missing entry of a map: prints "&lt;no value&gt;", is not true.</summary>
public sealed class NoValue
{
    public static readonly NoValue Instance = new();
}

/// <summary>One field or method of a <see cref="GoStruct"/>.</summary>
/// <param name="ParameterCount">0: read like a field, and part of its JSON.</param>
public sealed record GoField(string Name, int ParameterCount, Func<IReadOnlyList<object?>, object?> Read)
{
    /// <summary>Not sent by the daemon: templates read Go's zero value, JSON leaves it out.</summary>
    public bool IsImplied { get; init; }
}

/// <summary>A Go struct, or the view of one that Docker shows to templates.</summary>
/// <param name="type">Go's name of the type, for messages.</param>
public sealed class GoStruct(string type, IReadOnlyList<GoField> fields)
{
    public string Type => type;

    public IReadOnlyList<GoField> Fields => fields;

    /// <summary>The Engine API's types write ID as Id and so on: their names are compared without case.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>Docker's views marshal themselves, which escapes the characters of HTML.</summary>
    public bool EscapesHtml { get; init; }

    /// <summary>So many fields in front come from an embedded struct: read as its own, but printed in it.</summary>
    public int EmbeddedCount { get; init; }

    public GoField? Find(string name) => fields.FirstOrDefault(field => string.Equals(
        field.Name, name, IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
}
