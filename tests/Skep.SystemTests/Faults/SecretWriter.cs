using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>
/// Clients that create secrets at a swarm's managers and remember which ones they were told are there.
/// </summary>
internal sealed class SecretWriter
{
    private readonly ConcurrentBag<string> acknowledged = [];
    private int count;

    public IReadOnlyCollection<string> Acknowledged => acknowledged;

    /// <summary>Each client asks one manager after another, whatever they answer, until told to stop.</summary>
    public Task WriteAsync(IReadOnlyList<TestHost> managers, int clients, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(client => WriteAsOneAsync(managers, client, stop)));

    /// <summary>The names of all secrets, as a manager lists them.</summary>
    public static async Task<HashSet<string>> NamesAsync(TestHost manager)
    {
        using HttpClient http = manager.Api();
        using JsonDocument list = JsonDocument.Parse(await http.GetStringAsync("secrets"));
        return
        [
            .. list.RootElement.EnumerateArray()
                .Select(one => one.GetProperty("Spec").GetProperty("Name").GetString()!),
        ];
    }

    /// <returns>Whether the manager said that the secret is there.</returns>
    public static async Task<bool> TryCreateAsync(TestHost manager, string name, CancellationToken stop) =>
        await RefusalOfAsync(manager, name, stop) is null;

    /// <returns>Why the secret is not there, as far as anybody said; null: the manager said that it is.</returns>
    public static async Task<string?> RefusalOfAsync(TestHost manager, string name, CancellationToken stop)
    {
        using HttpClient http = manager.Api();
        return await RefusalOfAsync(http, name, stop);
    }

    private async Task WriteAsOneAsync(IReadOnlyList<TestHost> managers, int client, CancellationToken stop)
    {
        List<HttpClient> connections = [.. managers.Select(static one => one.Api())];
        for (int turn = client; !stop.IsCancellationRequested; turn++)
        {
            string name = $"s-{client}-{Interlocked.Increment(ref count)}";
            if (await RefusalOfAsync(connections[turn % connections.Count], name, stop) is null)
            {
                acknowledged.Add(name);
            }
        }

        connections.ForEach(static http => http.Dispose());
    }

    private static async Task<string?> RefusalOfAsync(HttpClient http, string name, CancellationToken stop)
    {
        using var body = new StringContent(
            $$"""{"Name":"{{name}}","Data":"dGVzdA=="}""", Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage answer = await http.PostAsync("secrets/create", body, stop);
            return answer.StatusCode == HttpStatusCode.Created
                ? null
                : $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(stop)}";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e.Message; // Nobody promised anything.
        }
    }
}
