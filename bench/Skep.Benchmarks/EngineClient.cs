using System.Text;
using System.Text.Json;

namespace Skep.Benchmarks;

/// <summary>
/// The few requests that are measured, straight over an engine's socket: no client program's start-up counts.
/// </summary>
internal sealed class EngineClient(string socket) : IDisposable
{
    private const string Definition = """{"Image":"test","Cmd":["sleep","1000"]}""";

    private readonly HttpClient http = EngineSocket.Open(socket, TimeSpan.FromMinutes(5));

    public async Task<string> CreateAsync(string name)
    {
        using var body = new StringContent(Definition, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync($"containers/create?name={name}", body);
        string text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"create: {text}");
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("Id").GetString()!;
    }

    /// <summary>Returns when the container's process runs.</summary>
    public async Task StartAsync(string id)
    {
        using HttpResponseMessage response = await http.PostAsync($"containers/{id}/start", null);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"start: {await response.Content.ReadAsStringAsync()}");
        }
    }

    public async Task RemoveAsync(string id)
    {
        using HttpResponseMessage response = await http.DeleteAsync($"containers/{id}?force=true");
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();
}
