using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Store;
using FilterSet = Skep.Docker.Filters.Filters;

namespace Skep.Engine.Endpoints;

/// <summary>/tasks.</summary>
internal sealed class TaskEndpoints(EngineServices services)
{
    public void Add(RouteTable routes)
    {
        routes.Get("/tasks", ListAsync);
        routes.Stream("GET", "/tasks/{name}/logs", LogsAsync);
        routes.Get("/tasks/{name}", InspectAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        FilterSet filters = request.Filters();
        IReadOnlyList<TaskInspect> found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
        {
            // Refuses unknown keys before anything is looked up.
            ObjectQuery query = ObjectFilters.Tasks(filters);
            IReadOnlyList<SwarmTask> tasks = await control.ListTasksAsync(
                await WithOwnersAsync(control, query, filters, stop), stop);
            return tasks.Select(TaskView.Of).ToList();
        });
        await request.AnswerJsonAsync(found, EngineJson.Default.IReadOnlyListTaskInspect);
    }

    // Users name services and nodes as they like; the swarm knows their ids.
    private static async Task<ObjectQuery> WithOwnersAsync(
        ISwarmControl control, ObjectQuery query, FilterSet filters, CancellationToken stop)
    {
        var owners = new List<ServiceId>();
        foreach (string wanted in filters.Values("service"))
        {
            owners.Add((await ObjectLookup.ServiceAsync(control, wanted, insertDefaults: false, stop)).Id);
        }

        var nodes = new List<NodeId>();
        foreach (string wanted in filters.Values("node"))
        {
            nodes.Add((await ObjectLookup.NodeAsync(control, wanted, stop)).Id);
        }

        return query with { Services = [.. owners], Nodes = [.. nodes] };
    }

    private async Task InspectAsync(EngineRequest request)
    {
        TaskInspect found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            TaskView.Of(await ObjectLookup.TaskAsync(control, request.Name, stop)));
        await request.AnswerJsonAsync(found, EngineJson.Default.TaskInspect);
    }

    private async Task LogsAsync(EngineRequest request)
    {
        ServiceLogRequest wanted = ServiceLogRequest.Read(request, services.Time);
        SwarmTask task = await SwarmRequests.AskAsync(services, request, (control, stop) =>
            ObjectLookup.TaskAsync(control, request.Name, stop));
        await wanted.AnswerAsync(services, request, task.Spec, new LogSelector { Tasks = [task.Id] });
    }
}
