using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using FilterSet = Skep.Docker.Filters.Filters;

namespace Skep.Engine.Endpoints;

/// <summary>/services.</summary>
internal sealed class ServiceEndpoints(EngineServices services)
{
    private readonly ServiceRequests requests = new(services);
    private readonly ListPages<Service, ServiceInspect> pages = new(ServiceView.Of, EngineJson.Default.ServiceInspect);

    public void Add(RouteTable routes)
    {
        routes.Get("/services", ListAsync);
        routes.Post("/services/create", CreateAsync);
        routes.Post("/services/{name}/update", UpdateAsync);
        routes.Stream("GET", "/services/{name}/logs", LogsAsync);
        routes.Get("/services/{name}", InspectAsync);
        routes.Delete("/services/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        FilterSet filters = request.Filters();
        bool withStatus = request.Version.IsAtLeast(1, 41) && SwarmRequests.GoClaim(request, "status");
        ReadOnlyMemory<byte> found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
        {
            IReadOnlyList<Service> all = await control.ListServicesAsync(ObjectFilters.Services(filters), stop);
            ListPage<Service> page = pages.Of([.. all.Where(service => ObjectFilters.HasMode(filters, service))]);
            return withStatus ? await WithStatusAsync(control, page, stop) : page.Json;
        });
        await request.AnswerJsonAsync(found);
    }

    private static async Task<ReadOnlyMemory<byte>> WithStatusAsync(
        ISwarmControl control, ListPage<Service> page, CancellationToken stop)
    {
        IReadOnlyDictionary<ServiceId, ServiceTaskCounts> counts =
            await control.ServiceStatusesAsync([.. page.Objects.Select(service => service.Id)], stop);
        return page.With(
            nameof(ServiceInspect.ServiceStatus),
            service => counts.TryGetValue(service.Id, out ServiceTaskCounts count)
                ? new ServiceStatus
                {
                    RunningTasks = count.Running,
                    DesiredTasks = count.Desired,
                    CompletedTasks = count.Completed,
                }
                : null,
            EngineJson.Default.ServiceStatus);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        bool insertDefaults = SwarmRequests.GoClaim(request, "insertDefaults");
        ServiceInspect found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            ServiceView.Of(await ObjectLookup.ServiceAsync(control, request.Name, insertDefaults, stop)));
        await request.AnswerJsonAsync(found, EngineJson.Default.ServiceInspect);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        Docker.Engine.ServiceSpec asked = await requests.ReadAsync(request);
        ServiceCreated created = await requests.CreateAsync(request, asked);
        await request.AnswerJsonAsync(created, EngineJson.Default.ServiceCreated, 201);
    }

    private async Task UpdateAsync(EngineRequest request)
    {
        Docker.Engine.ServiceSpec asked = await requests.ReadAsync(request);
        ServiceUpdated updated = await requests.UpdateAsync(request, asked);
        await request.AnswerJsonAsync(updated, EngineJson.Default.ServiceUpdated);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Service service = await ObjectLookup.ServiceAsync(control, request.Name, insertDefaults: false, stop);
            await control.RemoveServiceAsync(service.Id, stop);
        });
        await request.AnswerAsync(200);
    }

    private async Task LogsAsync(EngineRequest request)
    {
        ServiceLogRequest wanted = ServiceLogRequest.Read(request, services.Time);
        Service service = await SwarmRequests.AskAsync(services, request, (control, stop) =>
            ObjectLookup.ServiceAsync(control, request.Name, insertDefaults: false, stop));
        await wanted.AnswerAsync(
            services, request, service.Spec.Task, new LogSelector { Services = [service.Id] });
    }
}
