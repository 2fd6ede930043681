using System.Runtime.CompilerServices;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using LogSelector = Skep.Swarm.ServiceLogs.LogSelector;
using Service = Skep.Swarm.Objects.Service;
using ServiceSpec = Skep.Swarm.Objects.ServiceSpec;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Manager.Control;

// Services, tasks and logs.
public sealed partial class StoreControl
{
    public async Task<Service> GetServiceAsync(ServiceId id, bool insertDefaults, CancellationToken stop) =>
        ServiceChanges.Get(await store.ReadAsync(stop), id, insertDefaults);

    public async Task<IReadOnlyList<Service>> ListServicesAsync(ObjectQuery query, CancellationToken stop) =>
        [.. ServiceLists.Services(await store.ReadAsync(stop), query)];

    public Task<Service> CreateServiceAsync(ServiceSpec spec, CancellationToken stop)
    {
        ServiceChanges.Check(spec, formats);
        return store.UpdateAsync(change => ServiceChanges.Create(change, spec, ids), stop);
    }

    public Task<Service> UpdateServiceAsync(
        ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback, CancellationToken stop)
    {
        ServiceChanges.Check(spec, formats);
        return store.UpdateAsync(change => ServiceChanges.Update(change, id, version, spec, rollback), stop);
    }

    public Task RemoveServiceAsync(ServiceId id, CancellationToken stop) =>
        store.UpdateAsync(change => ServiceChanges.Remove(change, id), stop);

    public async Task<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>> ServiceStatusesAsync(
        IReadOnlyList<ServiceId> ids, CancellationToken stop)
    {
        StoreSnapshot now = await store.ReadAsync(stop);
        return ids.Distinct().ToDictionary(id => id, id => ServiceStatuses.Of(now, id));
    }

    public async Task<SwarmTask> GetTaskAsync(TaskId id, CancellationToken stop) =>
        TaskRequests.Get(await store.ReadAsync(stop), id);

    public async Task<IReadOnlyList<SwarmTask>> ListTasksAsync(ObjectQuery query, CancellationToken stop) =>
        [.. ServiceLists.Tasks(await store.ReadAsync(stop), query)];

    public Task RemoveTaskAsync(TaskId id, CancellationToken stop) =>
        store.UpdateAsync(change => change.Delete(TaskRequests.Get(change, id)), stop);

    public async IAsyncEnumerable<SwarmLogLine> SubscribeLogsAsync(
        LogSelector selector, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (IReadOnlyList<LogMessage> lines in logs.ReadAsync(
            LogWire.ToWire(selector), LogWire.ToWire(query), stop))
        {
            foreach (LogMessage line in lines)
            {
                yield return LogWire.ToRecord(line);
            }
        }
    }
}
