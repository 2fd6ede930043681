using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Objects = Skep.Swarm.Objects;
using Records = Skep.Swarm.Store;

namespace Skep.Manager.Watching;

/// <summary>One entry of a watch: a kind of object, some of what happens to it, and what it must be like.</summary>
/// <remarks>
/// As SwarmKit reads it: all selectors must fit, two that ask for the same thing are refused, one that means nothing
/// to the kind is left out, and a kind that is none of the store's is the name of an extension.
/// </remarks>
internal sealed class WatchFilter
{
    private readonly ObjectKind kind;
    private readonly WatchActionKind actions;
    private readonly HashSet<string> asked = [];
    private readonly List<Func<StoreObject, bool>> tests = [];

    private WatchFilter(ObjectKind kind, WatchActionKind actions) => (this.kind, this.actions) = (kind, actions);

    /// <exception cref="RefusedException">In SwarmKit's words.</exception>
    public static WatchFilter Parse(WatchRequest.Types.WatchEntry entry)
    {
        var filter = new WatchFilter(KindOf(entry.Kind), entry.Action);
        if (filter.kind == ObjectKind.Resource)
        {
            filter.Test("kind", item => ((Objects.Resource)item).ExtensionName == entry.Kind);
        }
        foreach (SelectBy selector in entry.Filters)
        {
            filter.Add(selector);
            filter.AddForKind(selector);
        }
        const WatchActionKind all = WatchActionKind.Create | WatchActionKind.Update | WatchActionKind.Remove;
        return (entry.Action & all) != 0 ? filter : throw Refuse("unrecognized action");
    }

    public bool Fits(Records.StoreChange change) =>
        change.Object.Kind == kind
        && (ActionOf(change.Kind) & actions) != 0
        && tests.TrueForAll(test => test(change.Object));

    public static WatchActionKind ActionOf(Records.StoreActionKind action) => action switch
    {
        Records.StoreActionKind.Create => WatchActionKind.Create,
        Records.StoreActionKind.Update => WatchActionKind.Update,
        _ => WatchActionKind.Remove,
    };

    private void Add(SelectBy selector)
    {
        switch (selector.ByCase)
        {
            case SelectBy.ByOneofCase.Id:
                Test("id", item => item.RawId == selector.Id);
                break;
            case SelectBy.ByOneofCase.IdPrefix:
                Test("id", item => StartsWith(item.RawId, selector.IdPrefix));
                break;
            case SelectBy.ByOneofCase.Name:
                Test("name", item => NameOf(item) == selector.Name);
                break;
            case SelectBy.ByOneofCase.NamePrefix:
                Test("name", item => NameOf(item) is { } name && StartsWith(name, selector.NamePrefix));
                break;
            case SelectBy.ByOneofCase.Custom:
                Test("custom", item => item.Naming.Indices.Any(index =>
                    index.Key == selector.Custom.Index && index.Val == selector.Custom.Value));
                break;
            case SelectBy.ByOneofCase.CustomPrefix:
                Test("custom", item => item.Naming.Indices.Any(index =>
                    index.Key == selector.CustomPrefix.Index && StartsWith(index.Val, selector.CustomPrefix.Value)));
                break;
        }
    }

    private void AddForKind(SelectBy selector)
    {
        switch (kind, selector.ByCase)
        {
            case (ObjectKind.Node, SelectBy.ByOneofCase.Role):
                Test("role", item => ((Objects.Node)item).Role == (Objects.NodeRole)selector.Role);
                break;
            case (ObjectKind.Node, SelectBy.ByOneofCase.Membership):
                Test("membership", item =>
                    ((Objects.Node)item).Spec.Membership == (NodeMembership)selector.Membership);
                break;
            case (ObjectKind.Task, SelectBy.ByOneofCase.ServiceId):
                Test("service", item => ((Objects.SwarmTask)item).ServiceId.Value == selector.ServiceId);
                break;
            case (ObjectKind.Task, SelectBy.ByOneofCase.NodeId):
                Test("node", item => ((Objects.SwarmTask)item).NodeId.Value == selector.NodeId);
                break;
            case (ObjectKind.Task, SelectBy.ByOneofCase.Slot):
                Test("service", item => ((Objects.SwarmTask)item).ServiceId.Value == selector.Slot.ServiceId);
                Test("slot", item => ((Objects.SwarmTask)item).Slot == selector.Slot.Slot);
                break;
            case (ObjectKind.Task, SelectBy.ByOneofCase.DesiredState):
                Test("state", item =>
                    ((Objects.SwarmTask)item).DesiredState == (Objects.TaskState)selector.DesiredState);
                break;
        }
    }

    private void Test(string what, Func<StoreObject, bool> test)
    {
        if (!asked.Add(what))
        {
            throw Refuse("conflicting filters specified");
        }
        tests.Add(test);
    }

    private static ObjectKind KindOf(string name) => name switch
    {
        "" => throw Refuse("no kind of object specified"),
        "node" => ObjectKind.Node,
        "service" => ObjectKind.Service,
        "task" => ObjectKind.Task,
        "network" => ObjectKind.Network,
        "cluster" => ObjectKind.Cluster,
        "secret" => ObjectKind.Secret,
        "config" => ObjectKind.Config,
        "extension" => ObjectKind.Extension,
        "volume" => ObjectKind.Volume,
        _ => ObjectKind.Resource,
    };

    /// <summary>A node goes by the name of its machine. Null: it has not told that yet.</summary>
    private static string? NameOf(StoreObject item) =>
        item is Objects.Node node ? node.Description?.Hostname : item.Naming.Name;

    private static bool StartsWith(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal);

    private static RefusedException Refuse(string words) => SwarmRefusal.Of(SwarmCode.InvalidArgument, words);
}
