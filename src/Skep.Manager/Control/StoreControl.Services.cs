using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Manager.Control;

public sealed partial class StoreControl
{
    public Task<Service> GetServiceAsync(ServiceId id, bool insertDefaults, CancellationToken stop) => throw NotYet();

    public Task<IReadOnlyList<Service>> ListServicesAsync(ObjectQuery query, CancellationToken stop) => throw NotYet();

    public Task<Service> CreateServiceAsync(ServiceSpec spec, CancellationToken stop) => throw NotYet();

    public Task<Service> UpdateServiceAsync(
        ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback, CancellationToken stop) =>
        throw NotYet();

    public Task RemoveServiceAsync(ServiceId id, CancellationToken stop) => throw NotYet();

    public Task<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>> ServiceStatusesAsync(
        IReadOnlyList<ServiceId> ids, CancellationToken stop) =>
        throw NotYet();

    public Task<SwarmTask> GetTaskAsync(TaskId id, CancellationToken stop) => throw NotYet();

    public Task<IReadOnlyList<SwarmTask>> ListTasksAsync(ObjectQuery query, CancellationToken stop) => throw NotYet();

    public Task RemoveTaskAsync(TaskId id, CancellationToken stop) => throw NotYet();

    public Task<SwarmNetwork> GetNetworkAsync(NetworkId id, CancellationToken stop) => throw NotYet();

    public Task<IReadOnlyList<SwarmNetwork>> ListNetworksAsync(ObjectQuery query, CancellationToken stop) =>
        throw NotYet();

    public IAsyncEnumerable<SwarmLogLine> SubscribeLogsAsync(
        LogSelector selector, LogQuery query, CancellationToken stop) =>
        throw NotYet();

    private static RefusedException NotYet() =>
        SwarmRefusal.Of(SwarmCode.Unimplemented, "this Skep manager does not do services yet");
}
