using Skep.Swarm;
using Skep.Swarm.Objects;
using FilterSet = Skep.Docker.Filters.Filters;

namespace Skep.Docker.Swarm;

/// <summary>The filters of the lists of nodes, secrets and configs, with SwarmKit's meaning of each.</summary>
public static class ObjectFilters
{
    /// <summary>A node must match every key, by one value of each; of labels by all.</summary>
    /// <exception cref="RefusedException">An unknown key, role or membership.</exception>
    public static Predicate<Node> Nodes(FilterSet filters)
    {
        filters.RequireKnown("name", "id", "label", "role", "membership", "node.label");
        IReadOnlyList<NodeRole> roles = Choose<NodeRole>(filters, "role");
        IReadOnlyList<NodeMembership> memberships = Choose<NodeMembership>(filters, "membership");
        return node =>
            filters.MatchesFuzzy("name", node.Description?.Hostname ?? "")
            && filters.MatchesFuzzy("id", node.Id.Value)
            && HasLabels(filters.Values("label"), node.Description?.Engine?.Labels ?? default)
            && HasLabels(filters.Values("node.label"), node.Spec.Annotations.Labels)
            && (roles.Count == 0 || roles.Contains(node.Role))
            && (memberships.Count == 0 || memberships.Contains(node.Spec.Membership));
    }

    /// <summary>A name or an id is enough, whichever key it matches; labels must match besides.</summary>
    /// <exception cref="RefusedException">An unknown key.</exception>
    public static Predicate<Secret> Secrets(FilterSet filters)
    {
        filters.RequireKnown("names", "name", "id", "label");
        return secret => !secret.Internal && IsChosen(secret, filters);
    }

    /// <exception cref="RefusedException">An unknown key.</exception>
    public static Predicate<Config> Configs(FilterSet filters)
    {
        filters.RequireKnown("name", "id", "label");
        return config => IsChosen(config, filters);
    }

    private static bool IsChosen(StoreObject one, FilterSet filters)
    {
        IReadOnlyList<string> names = filters.Values("names"), prefixes = filters.Values("name");
        IReadOnlyList<string> ids = filters.Values("id");
        bool isAny = names.Count == 0 && prefixes.Count == 0 && ids.Count == 0;
        return (isAny
                || names.Any(name => name.Equals(one.Naming.Name, StringComparison.OrdinalIgnoreCase))
                || prefixes.Any(name => one.Naming.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                || ids.Any(id => one.RawId.StartsWith(id, StringComparison.Ordinal)))
            && HasLabels(filters.Values("label"), one.Naming.Labels);
    }

    // "name", "name=" and "name=value": an empty value means any.
    private static bool HasLabels(IReadOnlyList<string> wanted, ValueMap<string> labels)
    {
        var pairs = new Dictionary<string, string>();
        foreach (string pair in wanted)
        {
            int equals = pair.IndexOf('=');
            pairs[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return pairs.All(pair => labels.TryGetValue(pair.Key, out string? value)
            && (pair.Value.Length == 0 || pair.Value == value));
    }

    private static List<T> Choose<T>(FilterSet filters, string key)
        where T : struct, Enum
    {
        var chosen = new List<T>();
        foreach (string word in filters.Values(key).Where(word => word.Length > 0))
        {
            T? found = null;
            foreach (T value in Enum.GetValues<T>())
            {
                found = string.Equals(word, value.ToString(), StringComparison.OrdinalIgnoreCase) ? value : found;
            }

            // Docker classifies this one as a failure of its own; so must we, for its clients to see the same.
            chosen.Add(found ?? throw new RefusedException(ErrorKind.Failed, $"Invalid {key} filter: '{word}'"));
        }

        return chosen;
    }
}
