using System.Net;
using System.Text;
using System.Text.Json;

namespace Skep.Benchmarks.Swarms;

/// <summary>The requests of a swarm that are measured, straight over one engine's socket.</summary>
internal sealed class SwarmClient(string socket) : IDisposable
{
    private readonly HttpClient http = EngineSocket.Open(socket, TimeSpan.FromSeconds(60));

    public Task InitAsync(string address) => PostAsync(
        "swarm/init",
        $$"""{"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"{{address}}","Spec":{} }""");

    public Task JoinAsync(string address, string manager, string token) => PostAsync(
        "swarm/join",
        $$"""
        {"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"{{address}}","RemoteAddrs":["{{manager}}:2377"],
         "JoinToken":"{{token}}"}
        """);

    public Task LeaveAsync() => PostAsync("swarm/leave?force=true", "");

    public async Task<(string Worker, string Manager)> TokensAsync()
    {
        using JsonDocument swarm = JsonDocument.Parse(await http.GetStringAsync("swarm"));
        JsonElement tokens = swarm.RootElement.GetProperty("JoinTokens");
        return (tokens.GetProperty("Worker").GetString()!, tokens.GetProperty("Manager").GetString()!);
    }

    /// <summary>How many nodes are ready, and how many of them are managers that answer.</summary>
    public async Task<(int Ready, int Reachable)> NodesAsync()
    {
        using JsonDocument nodes = JsonDocument.Parse(await http.GetStringAsync("nodes"));
        int ready = 0, reachable = 0;
        foreach (JsonElement node in nodes.RootElement.EnumerateArray())
        {
            ready += node.GetProperty("Status").GetProperty("State").GetString() == "ready" ? 1 : 0;
            reachable += node.TryGetProperty("ManagerStatus", out JsonElement manager) &&
                manager.GetProperty("Reachability").GetString() == "reachable" ? 1 : 0;
        }

        return (ready, reachable);
    }

    /// <returns>Whether it was created; false when the swarm has no leader just now.</returns>
    public async Task<bool> TryCreateSecretAsync(string name, CancellationToken stop)
    {
        using var body = new StringContent(
            $$"""{"Name":"{{name}}","Data":"bm90IGEgcmVhbCBzZWNyZXQ="}""", Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await http.PostAsync("secrets/create", body, stop);
            return response.StatusCode == HttpStatusCode.Created;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => http.Dispose();

    private async Task PostAsync(string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(path, body);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{path}: {await response.Content.ReadAsStringAsync()}");
        }
    }
}
