namespace Skep.Docker.Values;

/// <summary>Capabilities to add and to drop: adding wins over dropping, and ALL over everything else.</summary>
public static class CapabilityLists
{
    private const string All = "ALL", Reset = "RESET", Prefix = "CAP_";

    /// <summary>Those of a new service. RESET means something in a change only.</summary>
    /// <returns>Null: none.</returns>
    public static (IReadOnlyList<string>? Add, IReadOnlyList<string>? Drop) Created(
        IEnumerable<string> add, IEnumerable<string> drop)
    {
        SortedSet<string> added = Normal(add);
        SortedSet<string> dropped = Normal(drop);
        added = added.Contains(All) ? [All] : added;
        dropped = dropped.Contains(All) ? [All] : dropped;
        return (Listed(added.Where(name => name != Reset)), Listed(dropped.Except(added).Where(name => name != Reset)));
    }

    /// <summary>
    /// A capability that was dropped and is added is then neither; only what was neither is added. The same the other
    /// way round. RESET forgets what was before.
    /// </summary>
    public static (IReadOnlyList<string>? Add, IReadOnlyList<string>? Drop) Changed(
        IReadOnlyList<string>? addedBefore,
        IReadOnlyList<string>? droppedBefore,
        IEnumerable<string> add,
        IEnumerable<string> drop)
    {
        SortedSet<string> toAdd = Normal(add);
        SortedSet<string> toDrop = Normal(drop);
        SortedSet<string> added = toAdd.Remove(Reset) ? [] : Normal(addedBefore ?? []);
        SortedSet<string> dropped = toDrop.Remove(Reset) ? [] : Normal(droppedBefore ?? []);
        foreach (string name in toDrop.Where(name => !toAdd.Contains(name) && !added.Remove(name)))
        {
            dropped.Add(name);
        }

        foreach (string name in toAdd.Where(name => !dropped.Remove(name)))
        {
            added.Add(name);
        }

        return (Listed(added), Listed(dropped));
    }

    private static SortedSet<string> Normal(IEnumerable<string> names) => new(
        names.Select(name => name.Trim().ToUpperInvariant())
            .Select(name => name is All or Reset || name.StartsWith(Prefix, StringComparison.Ordinal)
                ? name : Prefix + name),
        StringComparer.Ordinal);

    private static IReadOnlyList<string>? Listed(IEnumerable<string> names)
    {
        string[] list = [.. names];
        return list.Contains(All) ? [All] : list.Length == 0 ? null : list;
    }
}
