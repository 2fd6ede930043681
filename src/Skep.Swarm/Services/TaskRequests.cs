using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Services;

/// <summary>Single tasks that users ask for.</summary>
public static class TaskRequests
{
    public static SwarmTask Get(StoreReader store, TaskId id) => id.IsEmpty
        ? throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument")
        : store.Tasks.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"task {id} not found");
}
