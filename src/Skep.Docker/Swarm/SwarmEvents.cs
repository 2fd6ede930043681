using System.Globalization;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Docker.Swarm;

/// <summary>What GET /events says of a change in the store.</summary>
/// <param name="Type">node, secret, config, service or network.</param>
/// <param name="Action">create, update or remove.</param>
/// <param name="At">When; null: now, since the store notes no time of a removal.</param>
public sealed record SwarmEvent(
    string Type, string Action, string Id, IReadOnlyDictionary<string, string> Attributes, SwarmTime? At)
{
    /// <returns>Null: a kind of object that has no events.</returns>
    public static SwarmEvent? Of(StoreChange change) => change.Kind switch
    {
        StoreActionKind.Create => Of(change.Object, "create", null, change.Object.Meta.CreatedAt),
        StoreActionKind.Update => Of(change.Object, "update", change.Previous, change.Object.Meta.UpdatedAt),
        _ => Of(change.Object, "remove", null, null),
    };

    private static SwarmEvent? Of(StoreObject thing, string action, StoreObject? before, SwarmTime? at)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["name"] = thing.Naming.Name };
        string? type = thing.Kind switch
        {
            ObjectKind.Node => "node",
            ObjectKind.Secret => "secret",
            ObjectKind.Config => "config",
            ObjectKind.Service => "service",
            ObjectKind.Network => "network",
            _ => null,
        };
        if (thing is Node node)
        {
            attributes["name"] = node.Naming.Name.Length > 0
                ? node.Naming.Name
                : node.Description?.Hostname ?? "";
            AddChanges(attributes, before as Node, node);
        }

        if (thing is Service service && before is Service previous)
        {
            AddChanges(attributes, previous, service);
        }

        return type is null ? null : new SwarmEvent(type, action, thing.RawId, attributes, at);
    }

    private static void AddChanges(SortedDictionary<string, string> attributes, Node? before, Node node)
    {
        if (before is null)
        {
            return;
        }

        AddChange(attributes, "availability", before.Spec.Availability, node.Spec.Availability);
        AddChange(attributes, "role", before.Role, node.Role);
        AddChange(attributes, "state", before.Status.State, node.Status.State);
        if (before.ManagerStatus is { } old && node.ManagerStatus is { } now)
        {
            AddChange(attributes, "reachability", old.Reachability, now.Reachability);
            if (old.Leader != now.Leader)
            {
                attributes["leader.old"] = old.Leader ? "true" : "false";
                attributes["leader.new"] = now.Leader ? "true" : "false";
            }
        }
    }

    private static void AddChanges(SortedDictionary<string, string> attributes, Service before, Service service)
    {
        if (before.Spec.Task.Container is { } ran && service.Spec.Task.Container is { } runs)
        {
            AddWords(attributes, "image", ran.Image, runs.Image);
        }

        if (before.Spec.Mode is ReplicatedService had && service.Spec.Mode is ReplicatedService has)
        {
            AddWords(attributes, "replicas", Number(had.Replicas), Number(has.Replicas));
        }

        if (service.UpdateStatus is { } now && now.State != before.UpdateStatus?.State)
        {
            if (before.UpdateStatus is { } old)
            {
                attributes["updatestate.old"] = ServiceWords.Of(old.State);
            }

            attributes["updatestate.new"] = ServiceWords.Of(now.State);
        }
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AddWords(SortedDictionary<string, string> attributes, string name, string old, string now)
    {
        if (old != now)
        {
            attributes[name + ".old"] = old;
            attributes[name + ".new"] = now;
        }
    }

    private static void AddChange<T>(SortedDictionary<string, string> attributes, string name, T old, T now)
        where T : struct, Enum =>
        AddWords(attributes, name, Views.Word(old), Views.Word(now));
}
