using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Containers;

/// <summary>Waits for a container's end and tells its exit code.</summary>
internal static class ContainerEnd
{
    private const int Unknown = 125;

    /// <summary>Returns once the daemon watches, so that a start that follows cannot be missed.</summary>
    /// <param name="isRemoved">The end is its removal (--rm).</param>
    public static async Task<Task<int>> WatchAsync(
        Invocation call, string id, bool isRemoved, CancellationToken stop)
    {
        bool hasConditions = await call.Engine.SpeaksAsync("1.30", stop);
        string condition = isRemoved ? "removed" : "next-exit";
        Query query = new Query().Add("condition", hasConditions ? condition : null);
        HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Post, $"/containers/{id}/wait{query}", null, stop);
        return ReadAsync(call, answer, stop);
    }

    private static async Task<int> ReadAsync(Invocation call, HttpResponseMessage answer, CancellationToken stop)
    {
        try
        {
            using (answer)
            {
                byte[] body = await answer.Content.ReadAsByteArrayAsync(stop);
                using JsonDocument document = JsonDocument.Parse(body);
                string error = document.RootElement.Member("Error").Text("Message");
                if (error.Length == 0)
                {
                    return (int)document.RootElement.Number("StatusCode");
                }

                call.Console.WriteErrorLine($"Error waiting for container: {error}");
                return Unknown;
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            call.Console.WriteErrorLine($"error waiting for container: {broken.Message}");
            return Unknown;
        }
    }
}
