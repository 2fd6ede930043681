using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Swarm.Updates;

namespace Skep.Swarm.Services;

/// <summary>Lists of services, tasks and networks: everything that fits all filters, in the order of the ids.</summary>
public static class ServiceLists
{
    public static IEnumerable<Service> Services(StoreReader store, ObjectQuery query) =>
        from service in query.Candidates(store.Services)
        where query.Fits(service, service.Naming.Name, service.Naming.Labels)
            && FitsRuntime(query, service.Spec.Task)
        select service;

    public static IEnumerable<SwarmNetwork> Networks(StoreReader store, ObjectQuery query) =>
        from network in query.Candidates(store.Networks)
        where query.Fits(network, network.Naming.Name, network.Naming.Labels)
        select network;

    public static IEnumerable<SwarmTask> Tasks(StoreReader store, ObjectQuery query) =>
        from task in Narrowed(store, query)
        where query.Fits(task, TaskNames.Of(task), task.ServiceAnnotations.Labels)
            && (query.Services.IsEmpty || query.Services.Contains(task.ServiceId))
            && (query.Nodes.IsEmpty || query.Nodes.Contains(task.NodeId))
            && (query.DesiredStates.IsEmpty || query.DesiredStates.Contains(task.DesiredState))
            && FitsRuntime(query, task.Spec)
            && (!query.UpToDate || IsUpToDate(store, task))
        select task;

    /// <summary>What a kind of task is called in filters; null when it says nothing of how it runs.</summary>
    public static string? RuntimeName(TaskSpec task) => task.Runtime switch
    {
        ContainerSpec => "container",
        NetworkAttachmentSpec => "attachment",
        GenericRuntimeSpec generic => generic.Kind.ToLowerInvariant(),
        _ => null,
    };

    private static IEnumerable<SwarmTask> Narrowed(StoreReader store, ObjectQuery query)
    {
        // The index that leaves the fewest candidates, as far as can be known beforehand.
        if (!query.IdPrefixes.IsEmpty)
        {
            return query.Candidates(store.Tasks);
        }
        if (!query.Services.IsEmpty)
        {
            return InOrder(query.Services.Distinct().SelectMany(store.TasksOf));
        }
        if (!query.Nodes.IsEmpty)
        {
            return InOrder(query.Nodes.Distinct().SelectMany(store.TasksOn));
        }
        return store.Tasks.All;
    }

    private static bool IsUpToDate(StoreReader store, SwarmTask task) =>
        store.Services.Get(task.ServiceId) is { } service
        && !TaskDifference.IsOutdated(service, task, store.Nodes.Get(task.NodeId));

    private static IEnumerable<SwarmTask> InOrder(IEnumerable<SwarmTask> tasks) =>
        tasks.OrderBy(task => task.Id.Value, StringComparer.Ordinal);

    private static bool FitsRuntime(ObjectQuery query, TaskSpec task) =>
        query.Runtimes.IsEmpty || (RuntimeName(task) is { } name && query.Runtimes.Contains(name));
}
