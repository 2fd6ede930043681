using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Services;

/// <summary>The two flags that change a list of a spec: --NAME-add and --NAME-rm.</summary>
internal sealed class ListChange
{
    private readonly Option<string[]> add;
    private readonly Option<string[]> remove;

    public ListChange(
        DockerCommand command, string name, string addDescription, string removeDescription,
        Func<string, string>? checkAdded = null, Func<string, string>? checkRemoved = null,
        string addType = Flags.ListType, string removeType = Flags.ListType)
    {
        add = command.Flag(Flags.List($"{name}-add", null, addDescription, checkAdded, addType));
        remove = command.Flag(Flags.List($"{name}-rm", null, removeDescription, checkRemoved, removeType));
    }

    public bool IsAsked(Invocation call) => call.Has(add) || call.Has(remove);

    public string[] Added(Invocation call) => call.Get(add);

    public string[] Removed(Invocation call) => call.Get(remove);

    /// <summary>Sorted, each once; the list of before where nothing was asked.</summary>
    public IReadOnlyList<string>? Apply(Invocation call, IReadOnlyList<string>? before) => !IsAsked(call)
        ? before
        : Lists.OrNull<string>([.. (before ?? []).Concat(Added(call)).Except(Removed(call))
            .Order(StringComparer.Ordinal)]);

    /// <summary>"key=value" added, and keys removed.</summary>
    public IReadOnlyDictionary<string, string>? Apply(
        Invocation call, IReadOnlyDictionary<string, string>? before)
    {
        if (!IsAsked(call))
        {
            return before;
        }

        var map = new SortedDictionary<string, string>(
            (before ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
        foreach (string key in Removed(call))
        {
            map.Remove(key.Split('=')[0]);
        }

        foreach ((string key, string value) in Values.KeyValues.Map(Added(call)))
        {
            map[key] = value;
        }

        return map;
    }
}
