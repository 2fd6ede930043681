using System.Collections.Immutable;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

/// <summary>One network, with everybody on it. Never changed, only replaced.</summary>
internal sealed record NetworkSlice
{
    public static readonly NetworkSlice Empty = new();

    /// <summary>Null: nodes cannot be told of it, for it is not allocated yet or gone already.</summary>
    public NetworkFacts? Facts { get; init; }

    public OrderedMap<TextKey, EndpointFacts> Endpoints { get; init; }

    public OrderedMap<TextKey, ServiceFacts> Services { get; init; }

    /// <summary>How many endpoints each node has on it.</summary>
    public ImmutableDictionary<NodeId, int> Nodes { get; init; } = ImmutableDictionary<NodeId, int>.Empty;

    public bool IsBare => Facts is null && Endpoints.Count == 0 && Services.Count == 0;

    public NetworkSlice With(EndpointFacts endpoint, object owner)
    {
        var key = new TextKey(endpoint.Task.Value);
        if (!Endpoints.TryGet(key, out EndpointFacts? before))
        {
            return this with
            {
                Endpoints = Endpoints.With(key, endpoint, owner), Nodes = Counted(Nodes, endpoint.Node, 1),
            };
        }

        return before == endpoint ? this : this with
        {
            Endpoints = Endpoints.With(key, endpoint, owner),
            Nodes = before.Node == endpoint.Node
                ? Nodes
                : Counted(Counted(Nodes, before.Node, -1), endpoint.Node, 1),
        };
    }

    public NetworkSlice WithoutEndpoint(TaskId task, object owner) =>
        Endpoints.TryGet(new(task.Value), out EndpointFacts? before)
            ? this with
            {
                Endpoints = Endpoints.Without(new(task.Value), owner), Nodes = Counted(Nodes, before.Node, -1),
            }
            : this;

    public NetworkSlice With(ServiceFacts service, object owner) =>
        Services.TryGet(new(service.Id.Value), out ServiceFacts? before) && before == service
            ? this
            : this with { Services = Services.With(new(service.Id.Value), service, owner) };

    public NetworkSlice WithoutService(ServiceId service, object owner) =>
        Services.Contains(new(service.Value))
            ? this with { Services = Services.Without(new(service.Value), owner) }
            : this;

    private static ImmutableDictionary<NodeId, int> Counted(
        ImmutableDictionary<NodeId, int> counts, NodeId node, int change)
    {
        int count = counts.GetValueOrDefault(node) + change;
        return count == 0 ? counts.Remove(node) : counts.SetItem(node, count);
    }
}
