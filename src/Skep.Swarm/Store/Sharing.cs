using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>Lets a task that came from the log use the parts of its service and of its own last version.</summary>
/// <remarks>
/// Decoding gives every task a spec, annotations and ids of its own. Ten thousand replicas of a service would keep
/// ten thousand equal specs; equal parts of immutable objects may as well be the same part.
/// </remarks>
internal static class Sharing
{
    public static StoreObject With(StoreEdit store, StoreObject item, StoreObject? previous) => (item, previous) switch
    {
        (SwarmTask task, SwarmTask last) => Share(task, last),
        (SwarmTask task, _) => ShareNode(store, ShareService(store, task)),
        _ => item,
    };

    private static SwarmTask Share(SwarmTask task, SwarmTask last)
    {
        TaskSpec spec = Same(task.Spec, last.Spec);
        Annotations service = Same(task.ServiceAnnotations, last.ServiceAnnotations);
        Endpoint? endpoint = task.Endpoint is null ? null : Same(task.Endpoint, last.Endpoint);
        bool isShared = ReferenceEquals(spec, task.Spec)
            && ReferenceEquals(service, task.ServiceAnnotations)
            && ReferenceEquals(endpoint, task.Endpoint);
        return isShared
            ? task
            : task with
            {
                Id = last.Id,
                ServiceId = task.ServiceId == last.ServiceId ? last.ServiceId : task.ServiceId,
                NodeId = task.NodeId == last.NodeId ? last.NodeId : task.NodeId,
                Spec = spec,
                ServiceAnnotations = service,
                Endpoint = endpoint,
                Annotations = Same(task.Annotations, last.Annotations),
                LogDriver = task.LogDriver is null ? null : Same(task.LogDriver, last.LogDriver),
                Networks = task.Networks == last.Networks ? last.Networks : task.Networks,
            };
    }

    private static SwarmTask ShareService(StoreEdit store, SwarmTask task)
    {
        if (store.Current(ObjectKind.Service).Get(task.ServiceId.Value) is not Service service
            || ReferenceEquals(task.Spec, service.Spec.Task))
        {
            return task;
        }
        return task with
        {
            ServiceId = service.Id,
            Spec = Same(task.Spec, service.Spec.Task),
            ServiceAnnotations = Same(task.ServiceAnnotations, service.Spec.Annotations),
            Endpoint = task.Endpoint is null ? null : Same(task.Endpoint, service.Endpoint),
        };
    }

    private static SwarmTask ShareNode(StoreEdit store, SwarmTask task) =>
        !task.NodeId.IsEmpty && store.Current(ObjectKind.Node).Get(task.NodeId.Value) is Node node
            && !ReferenceEquals(node.Id.Value, task.NodeId.Value)
            ? task with { NodeId = node.Id }
            : task;

    private static T Same<T>(T mine, T? other)
        where T : class => other is not null && mine.Equals(other) ? other : mine;
}
