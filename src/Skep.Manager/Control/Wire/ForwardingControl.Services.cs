using System.Runtime.CompilerServices;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Transport.Rpc;

namespace Skep.Manager.Control;

// Services, tasks, networks and logs, at whoever leads.
public sealed partial class ForwardingControl
{
    public Task<Service> GetServiceAsync(ServiceId id, bool insertDefaults, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetServiceAsync(id, insertDefaults, stop), stop);

    public Task<IReadOnlyList<Service>> ListServicesAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListServicesAsync(query, stop), stop);

    public Task<Service> CreateServiceAsync(ServiceSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.CreateServiceAsync(spec, stop), stop);

    public Task<Service> UpdateServiceAsync(
        ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback, CancellationToken stop) =>
        AtLeaderAsync(at => at.UpdateServiceAsync(id, version, spec, rollback, stop), stop);

    public Task RemoveServiceAsync(ServiceId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.RemoveServiceAsync(id, stop), stop);

    public Task<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>> ServiceStatusesAsync(
        IReadOnlyList<ServiceId> ids, CancellationToken stop) =>
        AtLeaderAsync(at => at.ServiceStatusesAsync(ids, stop), stop);

    public Task<SwarmTask> GetTaskAsync(TaskId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetTaskAsync(id, stop), stop);

    public Task<IReadOnlyList<SwarmTask>> ListTasksAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListTasksAsync(query, stop), stop);

    public Task RemoveTaskAsync(TaskId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.RemoveTaskAsync(id, stop), stop);

    public Task<SwarmNetwork> GetNetworkAsync(NetworkId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetNetworkAsync(id, stop), stop);

    public Task<IReadOnlyList<SwarmNetwork>> ListNetworksAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListNetworksAsync(query, stop), stop);

    public Task<SwarmNetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.CreateNetworkAsync(spec, stop), stop);

    public Task RemoveNetworkAsync(NetworkId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.RemoveNetworkAsync(id, stop), stop);

    /// <summary>The leader is looked for when the lines are first asked for; lines are not asked for twice.</summary>
    public async IAsyncEnumerable<SwarmLogLine> SubscribeLogsAsync(
        LogSelector selector, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        ISwarmControl leader = await AtLeaderAsync(Task.FromResult, stop);
        await using IAsyncEnumerator<SwarmLogLine> lines =
            leader.SubscribeLogsAsync(selector, query, stop).GetAsyncEnumerator(stop);
        while (await NextAsync(lines))
        {
            yield return lines.Current;
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<SwarmLogLine> lines)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (RpcException error)
        {
            throw RpcErrors.ToRefusal(error);
        }
        catch (ObjectDisposedException)
        {
            throw Refusals.NotLeader();
        }
    }
}
