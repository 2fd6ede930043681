using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>What a list of the control API asks for. An empty list of words does not narrow it.</summary>
public sealed record ObjectQuery
{
    public static readonly ObjectQuery All = new();

    public ValueList<string> Names { get; init; }

    public ValueList<string> NamePrefixes { get; init; }

    public ValueList<string> IdPrefixes { get; init; }

    /// <summary>An empty value asks only that the label is there. For nodes: labels of the engine.</summary>
    public ValueMap<string> Labels { get; init; }

    /// <summary>Labels its user gave to a node.</summary>
    public ValueMap<string> NodeLabels { get; init; }

    public ValueList<NodeRole> Roles { get; init; }

    public ValueList<NodeMembership> Memberships { get; init; }

    /// <summary>Of tasks: whose tasks.</summary>
    public ValueList<ServiceId> Services { get; init; }

    /// <summary>Of tasks: where they are.</summary>
    public ValueList<NodeId> Nodes { get; init; }

    /// <summary>Of tasks: what they shall become.</summary>
    public ValueList<TaskState> DesiredStates { get; init; }

    /// <summary>Of tasks and services: <c>container</c>, <c>attachment</c> or a generic runtime's kind.</summary>
    public ValueList<string> Runtimes { get; init; }

    /// <summary>Of tasks: only those that fit the present spec of their service.</summary>
    public bool UpToDate { get; init; }

    /// <summary>The objects of which a name, a prefix of the name or a prefix of the id fits, and all labels.</summary>
    public IEnumerable<T> AnyOf<TId, T>(ObjectTable<TId, T> table)
        where TId : struct, IObjectId
        where T : StoreObject =>
        FindAny(table).Where(item => HasLabels(item.Naming.Labels, Labels));

    /// <summary>The nodes that fit every part of the query. Their names are their host names.</summary>
    public IEnumerable<Node> NodesIn(StoreReader store) => store.Nodes.All.Where(node =>
        Fits(node.Description?.Hostname, Names, static (hostname, name) => hostname == name)
        && Fits(node.Description?.Hostname, NamePrefixes, StartsWith)
        && Fits(node.Id.Value, IdPrefixes, StartsWith)
        && (Labels.IsEmpty || HasLabels(node.Description?.Engine?.Labels ?? default, Labels))
        && HasLabels(node.Spec.Annotations.Labels, NodeLabels)
        && (Roles.IsEmpty || Roles.Contains(node.Role))
        && (Memberships.IsEmpty || Memberships.Contains(node.Spec.Membership)));

    /// <summary>The clusters that fit every part of the query.</summary>
    public IEnumerable<Cluster> ClustersIn(StoreReader store) => store.Clusters.All.Where(cluster =>
        Fits(cluster.Naming.Name, Names, static (own, name) => own == name)
        && Fits(cluster.Naming.Name, NamePrefixes, StartsWith)
        && Fits(cluster.Id.Value, IdPrefixes, StartsWith)
        && HasLabels(cluster.Naming.Labels, Labels));

    /// <summary>The objects that some part of the query leads to; not all of them need fit the other parts.</summary>
    internal IEnumerable<T> Candidates<TId, T>(ObjectTable<TId, T> table)
        where TId : struct, IObjectId
        where T : StoreObject
    {
        ObjectQuery first = !Names.IsEmpty ? new() { Names = Names }
            : !NamePrefixes.IsEmpty ? new() { NamePrefixes = NamePrefixes }
            : new() { IdPrefixes = IdPrefixes };
        return first.FindAny(table);
    }

    /// <summary>Whether the object's id, name and labels fit every part of the query that is about them.</summary>
    internal bool Fits(StoreObject item, string name, ValueMap<string> labels) =>
        Fits(name, Names, static (own, wanted) => own == wanted)
        && Fits(name, NamePrefixes, StartsWith)
        && Fits(item.RawId, IdPrefixes, StartsWith)
        && HasLabels(labels, Labels);

    private IEnumerable<T> FindAny<TId, T>(ObjectTable<TId, T> table)
        where TId : struct, IObjectId
        where T : StoreObject
    {
        if (Names.IsEmpty && NamePrefixes.IsEmpty && IdPrefixes.IsEmpty)
        {
            return table.All;
        }
        var found = new SortedDictionary<string, T>(StringComparer.Ordinal);
        IEnumerable<T> all = Names.Select(table.Named).OfType<T>()
            .Concat(NamePrefixes.SelectMany(table.WithNamePrefix))
            .Concat(IdPrefixes.SelectMany(table.WithIdPrefix));
        foreach (T item in all)
        {
            found[item.RawId] = item;
        }
        return found.Values;
    }

    private static bool HasLabels(ValueMap<string> labels, ValueMap<string> wanted)
    {
        foreach ((string key, string value) in wanted)
        {
            if (!labels.TryGetValue(key, out string? own) || (value.Length > 0 && value != own))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Fits(string? own, ValueList<string> wanted, Func<string, string, bool> fits) =>
        wanted.IsEmpty || (own is not null && wanted.Any(word => fits(own, word)));

    private static bool StartsWith(string own, string prefix) => own.StartsWith(prefix, StringComparison.Ordinal);
}
