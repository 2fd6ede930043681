using System.Runtime.CompilerServices;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using LogSelector = Skep.Swarm.ServiceLogs.LogSelector;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;
using Service = Skep.Swarm.Objects.Service;
using ServiceSpec = Skep.Swarm.Objects.ServiceSpec;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Manager.Control;

// Services, tasks and logs.
internal sealed partial class ControlClient
{
    public async Task<Service> GetServiceAsync(ServiceId id, bool insertDefaults, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.GetService,
            new GetServiceRequest { ServiceId = id.Value, InsertDefaults = insertDefaults },
            stop);
        return ServiceWire.ToRecord(answer.Service) ?? throw Missing();
    }

    public async Task<IReadOnlyList<Service>> ListServicesAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListServices, QueryWire.ToServices(query), stop);
        return [.. answer.Services.Select(service => ServiceWire.ToRecord(service))];
    }

    public async Task<Service> CreateServiceAsync(ServiceSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.CreateService, new CreateServiceRequest { Spec = ServiceWire.ToWire(spec) }, stop);
        return ServiceWire.ToRecord(answer.Service) ?? throw Missing();
    }

    public async Task<Service> UpdateServiceAsync(
        ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.UpdateService,
            new UpdateServiceRequest
            {
                ServiceId = id.Value,
                ServiceVersion = PlainWire.ToWire(version),
                Spec = ServiceWire.ToWire(spec),
                Rollback = rollback
                    ? UpdateServiceRequest.Types.Rollback.Previous
                    : UpdateServiceRequest.Types.Rollback.None,
            },
            stop);
        return ServiceWire.ToRecord(answer.Service) ?? throw Missing();
    }

    public Task RemoveServiceAsync(ServiceId id, CancellationToken stop) => leader.CallAsync(
        Methods.RemoveService, new RemoveServiceRequest { ServiceId = id.Value }, stop);

    public async Task<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>> ServiceStatusesAsync(
        IReadOnlyList<ServiceId> ids, CancellationToken stop)
    {
        var request = new ListServiceStatusesRequest { Services = { ids.Distinct().Select(id => id.Value) } };
        var answer = await leader.CallAsync(Methods.ListServiceStatuses, request, stop);
        return answer.Statuses.ToDictionary(
            status => new ServiceId(status.ServiceId),
            status => new ServiceTaskCounts(status.RunningTasks, status.DesiredTasks, status.CompletedTasks));
    }

    public async Task<SwarmTask> GetTaskAsync(TaskId id, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.GetTask, new GetTaskRequest { TaskId = id.Value }, stop);
        return TaskWire.ToRecord(answer.Task) ?? throw Missing();
    }

    public async Task<IReadOnlyList<SwarmTask>> ListTasksAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListTasks, QueryWire.ToTasks(query), stop);
        return [.. answer.Tasks.Select(task => TaskWire.ToRecord(task))];
    }

    public Task RemoveTaskAsync(TaskId id, CancellationToken stop) => leader.CallAsync(
        Methods.RemoveTask, new RemoveTaskRequest { TaskId = id.Value }, stop);

    public async IAsyncEnumerable<SwarmLogLine> SubscribeLogsAsync(
        LogSelector selector, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        var request = new SubscribeLogsRequest
        {
            Selector = LogWire.ToWire(selector),
            Options = LogWire.ToWire(query),
        };
        await foreach (var message in leader.ReadStreamAsync(SwarmKitMethods.Logs.SubscribeLogs, request, stop))
        {
            foreach (LogMessage line in message.Messages)
            {
                yield return LogWire.ToRecord(line);
            }
        }
    }
}
