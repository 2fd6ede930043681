using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;

namespace Skep.Manager.Control;

// Services and tasks.
public sealed partial class ControlService
{
    private void MapServices(RpcRoutes routes) => routes
        .Unary(Methods.GetService, RpcAccess.Manager, (request, _, stop) => GetAsync(request, stop))
        .Unary(Methods.ListServices, RpcAccess.Manager, (request, _, stop) => ListAsync(request, stop))
        .Unary(Methods.CreateService, RpcAccess.Manager, (request, _, stop) => CreateAsync(request, stop))
        .Unary(Methods.UpdateService, RpcAccess.Manager, (request, _, stop) => UpdateAsync(request, stop))
        .Unary(Methods.RemoveService, RpcAccess.Manager, (request, _, stop) => RemoveAsync(request, stop))
        .Unary(Methods.ListServiceStatuses, RpcAccess.Manager, (request, _, stop) => ListAsync(request, stop))
        .Unary(Methods.GetTask, RpcAccess.Manager, (request, _, stop) => GetAsync(request, stop))
        .Unary(Methods.ListTasks, RpcAccess.Manager, (request, _, stop) => ListAsync(request, stop))
        .Unary(Methods.RemoveTask, RpcAccess.Manager, (request, _, stop) => RemoveAsync(request, stop));

    private async Task<GetServiceResponse> GetAsync(GetServiceRequest request, CancellationToken stop)
    {
        var service = await control.GetServiceAsync(new(request.ServiceId), request.InsertDefaults, stop);
        return new() { Service = ServiceWire.ToWire(service) };
    }

    private async Task<ListServicesResponse> ListAsync(ListServicesRequest request, CancellationToken stop)
    {
        var found = await control.ListServicesAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Services = { found.Select(service => ServiceWire.ToWire(service)) } };
    }

    private async Task<CreateServiceResponse> CreateAsync(CreateServiceRequest request, CancellationToken stop)
    {
        var spec = Given(ServiceWire.ToRecord(request.Spec));
        return new() { Service = ServiceWire.ToWire(await control.CreateServiceAsync(spec, stop)) };
    }

    private async Task<UpdateServiceResponse> UpdateAsync(UpdateServiceRequest request, CancellationToken stop)
    {
        var service = await control.UpdateServiceAsync(
            new(request.ServiceId),
            Given(request.ServiceVersion),
            Given(ServiceWire.ToRecord(request.Spec)),
            request.Rollback == UpdateServiceRequest.Types.Rollback.Previous,
            stop);
        return new() { Service = ServiceWire.ToWire(service) };
    }

    private async Task<RemoveServiceResponse> RemoveAsync(RemoveServiceRequest request, CancellationToken stop)
    {
        await control.RemoveServiceAsync(new(request.ServiceId), stop);
        return new();
    }

    private async Task<ListServiceStatusesResponse> ListAsync(
        ListServiceStatusesRequest request, CancellationToken stop)
    {
        ServiceId[] ids = [.. request.Services.Select(id => new ServiceId(id))];
        var found = await control.ServiceStatusesAsync(ids, stop);
        return new()
        {
            Statuses =
            {
                ids.Select(id => new ListServiceStatusesResponse.Types.ServiceStatus
                {
                    ServiceId = id.Value,
                    DesiredTasks = found[id].Desired,
                    RunningTasks = found[id].Running,
                    CompletedTasks = found[id].Completed,
                }),
            },
        };
    }

    private async Task<GetTaskResponse> GetAsync(GetTaskRequest request, CancellationToken stop) =>
        new() { Task = TaskWire.ToWire(await control.GetTaskAsync(new(request.TaskId), stop)) };

    private async Task<ListTasksResponse> ListAsync(ListTasksRequest request, CancellationToken stop)
    {
        var found = await control.ListTasksAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Tasks = { found.Select(task => TaskWire.ToWire(task)) } };
    }

    private async Task<RemoveTaskResponse> RemoveAsync(RemoveTaskRequest request, CancellationToken stop)
    {
        await control.RemoveTaskAsync(new(request.TaskId), stop);
        return new();
    }
}
