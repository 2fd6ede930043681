using System.Text.RegularExpressions;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>What of a node a constraint looks at.</summary>
internal enum ConstraintKey
{
    /// <summary>No node has it, so no node fits, whatever the operator: SwarmKit's answer to unknown keys.</summary>
    Unknown,
    Id,
    Hostname,
    Ip,
    Role,
    OS,
    Architecture,
    NodeLabel,
    EngineLabel,
}

/// <summary>One constraint: <c>key==value</c> or <c>key!=value</c>.</summary>
internal sealed partial record Constraint
{
    public const string NodeLabelPrefix = "node.labels.";
    public const string EngineLabelPrefix = "engine.labels.";

    private const string Equal = "==";
    private const string NotEqual = "!=";

    private Constraint(string key, bool isEqual, string value)
    {
        (Key, Label) = KeyOf(key);
        IsEqual = isEqual;
        Value = value;
        Address = Key == ConstraintKey.Ip ? AddressRange.Parse(value) : null;
    }

    public ConstraintKey Key { get; }

    /// <summary>The name of the label, upper and lower case as written; empty for other keys.</summary>
    public string Label { get; }

    public bool IsEqual { get; }

    public string Value { get; }

    private AddressRange? Address { get; }

    public static Constraint Parse(string text)
    {
        // Which operator is looked for first decides what a text with both of them means.
        string? sign = text.Contains(Equal, StringComparison.Ordinal) ? Equal
            : text.Contains(NotEqual, StringComparison.Ordinal) ? NotEqual
            : null;
        if (sign is null)
        {
            throw SwarmRefusal.Of(SwarmCode.Unknown, $"constraint expected one operator from {Equal}, {NotEqual}");
        }
        int at = text.IndexOf(sign, StringComparison.Ordinal);
        string key = text[..at].Trim();
        string value = text[(at + sign.Length)..].Trim();
        if (!ValidKey().IsMatch(key))
        {
            throw SwarmRefusal.Of(SwarmCode.Unknown, $"key '{key}' is invalid");
        }
        if (!ValidValue().IsMatch(value))
        {
            throw SwarmRefusal.Of(SwarmCode.Unknown, $"value '{value}' is invalid");
        }
        return new(key, sign == Equal, value);
    }

    public bool Matches(Node node) => Key switch
    {
        ConstraintKey.Unknown => false,
        ConstraintKey.Ip => Address is { } range && range.Contains(node.Status.Addr) == IsEqual,
        _ => string.Equals(Of(node), Value, StringComparison.OrdinalIgnoreCase) == IsEqual,
    };

    /// <summary>What the node has there; a node that lacks it has the empty text.</summary>
    private string Of(Node node) => Key switch
    {
        ConstraintKey.Id => node.Id.Value,
        ConstraintKey.Hostname => node.Description?.Hostname ?? "",
        ConstraintKey.Role => node.Role == NodeRole.Manager ? "manager" : "worker",
        ConstraintKey.OS => node.Description?.Platform?.OS ?? "",
        ConstraintKey.Architecture => node.Description?.Platform?.Architecture ?? "",
        ConstraintKey.NodeLabel => LabelOf(node.Spec.Annotations.Labels, Label),
        _ => LabelOf(node.Description?.Engine?.Labels ?? default, Label),
    };

    internal static string LabelOf(ValueMap<string> labels, string name) =>
        labels.TryGetValue(name, out string? value) ? value : "";

    private static (ConstraintKey Key, string Label) KeyOf(string key) => key.ToLowerInvariant() switch
    {
        "node.id" => (ConstraintKey.Id, ""),
        "node.hostname" => (ConstraintKey.Hostname, ""),
        "node.ip" => (ConstraintKey.Ip, ""),
        "node.role" => (ConstraintKey.Role, ""),
        "node.platform.os" => (ConstraintKey.OS, ""),
        "node.platform.arch" => (ConstraintKey.Architecture, ""),
        _ when IsLabel(key, NodeLabelPrefix) => (ConstraintKey.NodeLabel, key[NodeLabelPrefix.Length..]),
        _ when IsLabel(key, EngineLabelPrefix) => (ConstraintKey.EngineLabel, key[EngineLabelPrefix.Length..]),
        _ => (ConstraintKey.Unknown, ""),
    };

    /// <summary>The prefix is read in any case, the label's name after it is not.</summary>
    internal static bool IsLabel(string key, string prefix) =>
        key.Length > prefix.Length && key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    // SwarmKit's rules (manager/constraint/constraint.go): no character of an operator that may come one day.
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9\-_.]+\z")]
    private static partial Regex ValidKey();

    [GeneratedRegex(@"\A[A-Za-z0-9:\-_ \t\n\f\r.*()?+\[\]\\^$|/]+\z")]
    private static partial Regex ValidValue();
}
