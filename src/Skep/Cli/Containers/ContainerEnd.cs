using System.Globalization;
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

                Log(call, $"Error waiting for container: {error}");
                return Unknown;
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            Log(call, $"error waiting for container: {broken.Message}");
            return Unknown;
        }
    }

    // What is no error of the command itself has the shape of docker's log lines.
    private static void Log(Invocation call, string message)
    {
        string time = call.Session.Time.GetLocalNow().ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)
            .Replace("+00:00", "Z");
        call.Console.WriteErrorLine(call.Console.ErrorIsTerminal
            ? $"ERRO[0000] {message} "
            : $"time=\"{time}\" level=error msg={Docker.Templates.GoLiterals.Quote(message)}");
    }
}
