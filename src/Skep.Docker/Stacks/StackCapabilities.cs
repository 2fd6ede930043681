using Skep.Docker.Compose;

namespace Skep.Docker.Stacks;

/// <summary>cap_add and cap_drop: adding wins over dropping, and ALL over everything else.</summary>
internal static class StackCapabilities
{
    private const string All = "ALL", Prefix = "CAP_";

    public static (IReadOnlyList<string>? Added, IReadOnlyList<string>? Dropped) Of(ComposeService service)
    {
        SortedSet<string> added = Normal(service.CapAdd);
        SortedSet<string> dropped = Normal(service.CapDrop);
        string[] kept = [.. dropped.Where(name => !added.Contains(name))];
        return (added.Count == 0 ? null : [.. added], kept.Length == 0 ? null : kept);
    }

    private static SortedSet<string> Normal(IEnumerable<string> names)
    {
        var normal = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string name in names.Select(name => name.Trim().ToUpperInvariant()))
        {
            normal.Add(name == All || name.StartsWith(Prefix, StringComparison.Ordinal) ? name : Prefix + name);
        }

        return normal.Contains(All) ? new SortedSet<string>(StringComparer.Ordinal) { All } : normal;
    }
}
