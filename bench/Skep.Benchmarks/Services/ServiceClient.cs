using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skep.Benchmarks.Services;

/// <summary>The requests about services that are measured, straight over one engine's socket.</summary>
internal sealed class ServiceClient(string socket) : IDisposable
{
    private readonly HttpClient http = EngineSocket.Open(socket, TimeSpan.FromSeconds(120));

    public async Task<string> CreateAsync(string name, int replicas)
    {
        string answer = await SendAsync(HttpMethod.Post, "services/create", Spec(name, replicas).ToJsonString());
        return JsonNode.Parse(answer)!["ID"]!.GetValue<string>();
    }

    /// <summary>A shell that ends at once when it is asked to, restarted at once when it ends.</summary>
    public static JsonObject Spec(string name, int replicas) =>
        new()
        {
            ["Name"] = name,
            ["TaskTemplate"] = new JsonObject
            {
                ["ContainerSpec"] = new JsonObject
                {
                    ["Image"] = "test:latest",
                    ["Command"] = new JsonArray("sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"),
                },
                ["RestartPolicy"] = new JsonObject { ["Condition"] = "any", ["Delay"] = 0 },
            },
            ["Mode"] = new JsonObject { ["Replicated"] = new JsonObject { ["Replicas"] = replicas } },
            ["UpdateConfig"] = new JsonObject
            {
                ["Parallelism"] = 2, ["Delay"] = 0, ["Monitor"] = 1_000_000_000, ["FailureAction"] = "continue",
            },
        };

    /// <summary>A service without tasks that has a name and an address on a network.</summary>
    /// <param name="network">By id.</param>
    public async Task<string> CreateEmptyAsync(string name, string network)
    {
        var spec = new JsonObject
        {
            ["Name"] = name,
            ["TaskTemplate"] = new JsonObject
            {
                ["ContainerSpec"] = new JsonObject { ["Image"] = "test:latest" },
                ["Networks"] = new JsonArray(new JsonObject { ["Target"] = network }),
            },
            ["Mode"] = new JsonObject { ["Replicated"] = new JsonObject { ["Replicas"] = 0 } },
            ["EndpointSpec"] = new JsonObject { ["Mode"] = "vip" },
        };
        string answer = await SendAsync(HttpMethod.Post, "services/create", spec.ToJsonString());
        return JsonNode.Parse(answer)!["ID"]!.GetValue<string>();
    }

    /// <param name="mode">vip or dnsrr.</param>
    public Task SetEndpointModeAsync(string id, string mode) =>
        UpdateAsync(id, spec => spec["EndpointSpec"] = new JsonObject { ["Mode"] = mode });

    public Task ScaleAsync(string id, int replicas) =>
        UpdateAsync(id, spec => spec["Mode"]!["Replicated"]!["Replicas"] = replicas);

    /// <summary>Replaces every task, although nothing else changes.</summary>
    public Task ForceUpdateAsync(string id) => UpdateAsync(id, spec => spec["TaskTemplate"]!["ForceUpdate"] = 1);

    public Task RemoveAsync(string id) => SendAsync(HttpMethod.Delete, $"services/{id}", null);

    public Task<string> ListAsync() => SendAsync(HttpMethod.Get, "services", null);

    public async Task<bool> IsUpdatedAsync(string id)
    {
        JsonNode service = JsonNode.Parse(await SendAsync(HttpMethod.Get, $"services/{id}", null))!;
        return service["UpdateStatus"]?["State"]?.GetValue<string>() == "completed";
    }

    /// <summary>The containers of tasks that run and shall run.</summary>
    public async Task<IReadOnlyList<string>> RunningAsync(string id)
    {
        string filters = Uri.EscapeDataString($$"""{"service":["{{id}}"],"desired-state":["running"]}""");
        using JsonDocument tasks = JsonDocument.Parse(
            await SendAsync(HttpMethod.Get, $"tasks?filters={filters}", null));
        List<string> containers = [];
        foreach (JsonElement task in tasks.RootElement.EnumerateArray())
        {
            JsonElement status = task.GetProperty("Status");
            if (status.GetProperty("State").GetString() == "running")
            {
                containers.Add(status.GetProperty("ContainerStatus").GetProperty("ContainerID").GetString()!);
            }
        }

        return containers;
    }

    /// <summary>The containers of services that run on this engine.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync()
    {
        string filters = Uri.EscapeDataString("""{"label":["com.docker.swarm.service.id"]}""");
        using JsonDocument containers = JsonDocument.Parse(
            await SendAsync(HttpMethod.Get, $"containers/json?filters={filters}", null));
        return [.. containers.RootElement.EnumerateArray().Select(one => one.GetProperty("Id").GetString()!)];
    }

    public Task KillAsync(string container) => SendAsync(HttpMethod.Post, $"containers/{container}/kill", null);

    public void Dispose() => http.Dispose();

    private async Task UpdateAsync(string id, Action<JsonNode> change)
    {
        JsonNode service = JsonNode.Parse(await SendAsync(HttpMethod.Get, $"services/{id}", null))!;
        JsonNode spec = service["Spec"]!;
        change(spec);
        long version = service["Version"]!["Index"]!.GetValue<long>();
        await SendAsync(HttpMethod.Post, $"services/{id}/update?version={version}", spec.ToJsonString());
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        string answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? answer
            : throw new InvalidOperationException($"{method} {path}: {answer}");
    }
}
