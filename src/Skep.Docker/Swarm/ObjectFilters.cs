using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using FilterSet = Skep.Docker.Filters.Filters;

namespace Skep.Docker.Swarm;

/// <summary>The filters of the lists of the swarm's objects, as queries of the swarm's control.</summary>
public static class ObjectFilters
{
    /// <exception cref="RefusedException">An unknown key, role or membership.</exception>
    public static ObjectQuery Nodes(FilterSet filters)
    {
        filters.RequireKnown("name", "id", "label", "role", "membership", "node.label");
        return new ObjectQuery
        {
            NamePrefixes = Values(filters, "name"),
            IdPrefixes = Values(filters, "id"),
            Labels = Labels(filters, "label"),
            NodeLabels = Labels(filters, "node.label"),
            Roles = Choose<NodeRole>(filters, "role"),
            Memberships = Choose<NodeMembership>(filters, "membership"),
        };
    }

    /// <exception cref="RefusedException">An unknown key.</exception>
    public static ObjectQuery Secrets(FilterSet filters)
    {
        filters.RequireKnown("names", "name", "id", "label");
        return Query(filters) with { Names = Values(filters, "names") };
    }

    /// <exception cref="RefusedException">An unknown key.</exception>
    public static ObjectQuery Configs(FilterSet filters)
    {
        filters.RequireKnown("name", "id", "label");
        return Query(filters);
    }

    /// <remarks>"mode" is nothing that the swarm can be asked for: see <see cref="HasMode"/>.</remarks>
    /// <exception cref="RefusedException">An unknown key.</exception>
    public static ObjectQuery Services(FilterSet filters)
    {
        filters.RequireKnown("name", "id", "label", "mode", "runtime");
        ValueList<string> runtimes = Values(filters, "runtime");
        return Query(filters) with { Runtimes = runtimes.IsEmpty ? ["container"] : runtimes };
    }

    /// <summary>Whether a service has one of the modes that the filters ask for.</summary>
    public static bool HasMode(FilterSet filters, Service service) =>
        filters.MatchesExact("mode", ServiceView.ModeWord(service.Spec.Mode));

    /// <remarks>Services and nodes are given by any name: their ids are to be found by the caller.</remarks>
    /// <exception cref="RefusedException">An unknown key or state.</exception>
    public static ObjectQuery Tasks(FilterSet filters)
    {
        filters.RequireKnown("name", "id", "label", "service", "node", "desired-state", "_up-to-date", "runtime");
        return Query(filters) with
        {
            DesiredStates = Choose<TaskState>(filters, "desired-state"),
            UpToDate = filters.Values("_up-to-date").Count > 0,
            Runtimes = filters.Has("runtime") ? Values(filters, "runtime") : ["container", ""],
        };
    }

    private static ObjectQuery Query(FilterSet filters) => new()
    {
        NamePrefixes = Values(filters, "name"),
        IdPrefixes = Values(filters, "id"),
        Labels = Labels(filters, "label"),
    };

    private static ValueList<string> Values(FilterSet filters, string key) => [.. filters.Values(key)];

    // "name", "name=" and "name=value"; of one name given twice the last counts.
    private static ValueMap<string> Labels(FilterSet filters, string key) =>
        ValueMap.From(filters.Values(key).Select(pair =>
        {
            int equals = pair.IndexOf('=');
            return KeyValuePair.Create(equals < 0 ? pair : pair[..equals], equals < 0 ? "" : pair[(equals + 1)..]);
        }));

    private static ValueList<T> Choose<T>(FilterSet filters, string key)
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

        return [.. chosen];
    }
}
