using System.Text.Json;
using System.Text.Json.Nodes;
using Skep.Cli.Client;

namespace Skep.Cli.Services;

/// <summary>How many tasks of each service run: daemons before API 1.41 leave counting to us.</summary>
internal static class ServiceCounts
{
    /// <returns>The services, each with its ServiceStatus.</returns>
    public static async Task<IReadOnlyList<JsonElement>> CompleteAsync(
        EngineClient engine, IReadOnlyList<JsonElement> services, CancellationToken stop)
    {
        List<JsonElement> uncounted = [.. services.Where(service => !service.Has("ServiceStatus"))];
        if (uncounted.Count == 0)
        {
            return services;
        }

        Query query = new Query().AddFilters(uncounted.Select(service => $"service={service.Text("ID")}"));
        JsonElement tasks = await engine.GetAsync($"/tasks{query}", stop);
        HashSet<string> alive = await AliveNodesAsync(engine, stop);
        ILookup<string, JsonElement> ofService = tasks.Items().ToLookup(task => task.Text("ServiceID"));
        return [.. services.Select(service => service.Has("ServiceStatus")
            ? service
            : Counted(service, [.. ofService[service.Text("ID")]], alive))];
    }

    /// <summary>Ids of all nodes that are not down.</summary>
    public static async Task<HashSet<string>> AliveNodesAsync(EngineClient engine, CancellationToken stop) =>
        [.. (await engine.GetAsync("/nodes", stop)).Items()
            .Where(node => node.Member("Status").Text("State") != "down")
            .Select(node => node.Text("ID"))];

    private static JsonElement Counted(JsonElement service, List<JsonElement> tasks, HashSet<string> alive)
    {
        JsonElement replicated = service.Member("Spec").Member("Mode").Member("Replicated");
        long wanted = tasks.Count == 0
            ? replicated.Number("Replicas")
            : tasks.Count(task => task.Text("DesiredState") != "shutdown");
        JsonObject counted = JsonObject.Create(service)!;
        counted["ServiceStatus"] = new JsonObject
        {
            ["RunningTasks"] = tasks.Count(task => alive.Contains(task.Text("NodeID"))
                && task.Member("Status").Text("State") == "running"),
            ["DesiredTasks"] = wanted,
        };
        using JsonDocument document = JsonDocument.Parse(counted.ToJsonString());
        return document.RootElement.Clone();
    }
}
