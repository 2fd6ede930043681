using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networks;

/// <summary>What users may do to networks, with SwarmKit's checks and words.</summary>
public static class NetworkChanges
{
    /// <summary>Refuses what cannot be whatever the store holds: to be done before a transaction.</summary>
    public static void Check(NetworkSpec spec) => NetworkChecks.Check(spec);

    /// <param name="store">What to change.</param>
    /// <param name="spec">What <see cref="Check"/> has let pass.</param>
    /// <param name="ids">Gives the network's id.</param>
    public static SwarmNetwork Create(Transaction store, NetworkSpec spec, IdSource ids)
    {
        if (spec.Ingress && SharedNetworks.Ingress(store) is { } ingress)
        {
            throw SwarmRefusal.Of(SwarmCode.AlreadyExists, $"ingress network ({ingress.Id}) is already present");
        }
        if (store.Networks.Named(spec.Annotations.Name) is not null)
        {
            throw SwarmRefusal.Of(
                SwarmCode.AlreadyExists,
                $"name conflicts with an existing object: network {spec.Annotations.Name} already exists");
        }
        var network = new SwarmNetwork { Id = new(ids.NewObjectId()), Spec = spec };
        NetworkAllocation.RefuseClash(store, network);
        return store.Create(network);
    }

    public static void Remove(Transaction store, NetworkId id)
    {
        SwarmNetwork network = Require(store, id);
        if (network.Spec.Annotations.Labels.TryGetValue(LocalNetworks.PredefinedLabel, out string? label)
            && label == "true")
        {
            throw Precondition(
                $"network {id} ({network.Spec.Annotations.Name}) is a swarm predefined network and cannot be removed");
        }
        if (SharedNetworks.IsIngress(network))
        {
            RefuseNeeded(store);
        }
        else
        {
            RefuseInUse(store, network);
        }
        store.Delete(network);
    }

    public static SwarmNetwork Require(StoreReader store, NetworkId id)
    {
        if (id.IsEmpty)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        return store.Networks.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"network {id} not found");
    }

    private static void RefuseNeeded(StoreReader store)
    {
        if (store.Services.All.FirstOrDefault(service => Attachments.NeedsIngress(service.Spec)) is { } service)
        {
            throw Precondition(
                $"ingress network cannot be removed because service {service.Id} depends on it");
        }
    }

    private static void RefuseInUse(StoreReader store, SwarmNetwork network)
    {
        // Specs that do not come from Docker's client may hold the name in the place of the id.
        string[] targets = [network.Id.Value, network.Spec.Annotations.Name];
        if (targets.SelectMany(store.ServicesOnNetwork).FirstOrDefault() is { } service)
        {
            throw Precondition($"network {network.Id} is in use by service {service.Id}");
        }
        if (targets.SelectMany(store.TasksOnNetwork).FirstOrDefault(task => Stays(store, task)) is { } task)
        {
            throw Precondition($"network {network.Id} is in use by task {task.Id}");
        }
    }

    /// <summary>
    /// Whether the task is to go on. One whose service is gone is not: the leader has only not told it yet, and who
    /// removes a stack, its services and then its network, is not to be refused for that.
    /// </summary>
    private static bool Stays(StoreReader store, SwarmTask task) =>
        task.DesiredState <= TaskState.Running
        && task.Status.State <= TaskState.Running
        && (task.ServiceId.IsEmpty || store.Services.Get(task.ServiceId) is not null);

    private static RefusedException Precondition(string problem) =>
        SwarmRefusal.Of(SwarmCode.FailedPrecondition, problem);
}
