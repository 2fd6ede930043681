using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Skep.Cli.Client;

/// <summary>Attach and exec: a request after which the connection carries the container's streams.</summary>
internal sealed partial class EngineClient
{
    private static readonly HashSet<string> ownHeaders =
        new(["Host", "Connection", "Upgrade", "Transfer-Encoding"], StringComparer.OrdinalIgnoreCase);

    /// <param name="path">With the query, without the version.</param>
    /// <param name="body">JSON; may be empty.</param>
    public async Task<HijackedConnection> HijackAsync(string path, byte[] body, CancellationToken stop)
    {
        string version = (await PingAsync(stop)).Version;
        Stream stream = await DialAsync(stop);
        try
        {
            string head = $"POST /v{version}{path} HTTP/1.1\r\nHost: docker\r\n{UsualHeaders()}"
                + "Connection: Upgrade\r\nUpgrade: tcp\r\n"
                + $"Content-Type: {(body.Length > 0 ? "application/json" : "text/plain")}\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n";
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], stop);
            (string answer, byte[] rest) = await ReadHeadAsync(stream, stop);
            var status = (HttpStatusCode)StatusOf(answer);
            if (status is HttpStatusCode.SwitchingProtocols or HttpStatusCode.OK)
            {
                bool isMultiplexed = answer.Contains(
                    "application/vnd.docker.multiplexed-stream", StringComparison.OrdinalIgnoreCase);
                return new HijackedConnection(stream, rest, isMultiplexed);
            }

            byte[] error = await ReadErrorAsync(stream, answer, rest, stop);
            throw CommandFailedException.FromDaemon(status, ErrorText(status, error));
        }
        catch (Exception failure) when (failure is IOException or CommandFailedException or OperationCanceledException)
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    // The same as in every other request, the user's own among them. What belongs to the connection is ours.
    private string UsualHeaders()
    {
        var lines = new StringBuilder();
        foreach ((string name, HeaderStringValues values) in http.DefaultRequestHeaders.NonValidated)
        {
            if (!ownHeaders.Contains(name))
            {
                lines.Append(name).Append(": ").Append(values).Append("\r\n");
            }
        }

        return lines.ToString();
    }

    // Everything up to the empty line; bytes after it already belong to the streams.
    private static async Task<(string Head, byte[] Early)> ReadHeadAsync(Stream stream, CancellationToken stop)
    {
        var received = new List<byte>();
        byte[] buffer = new byte[4096];
        while (received.Count < Limits.HijackHeadBytes)
        {
            int count = await stream.ReadAsync(buffer, stop);
            if (count == 0)
            {
                throw new CommandFailedException("unexpected EOF");
            }

            received.AddRange(buffer.AsSpan(0, count));
            byte[] all = [.. received];
            int end = all.AsSpan().IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (Encoding.Latin1.GetString(all, 0, end), all[(end + 4)..]);
            }
        }

        throw new CommandFailedException("the daemon's answer has no end");
    }

    private static int StatusOf(string head)
    {
        string[] parts = head.Split(' ', 3);
        return parts.Length > 1 && int.TryParse(parts[1], out int status) ? status
            : throw new CommandFailedException($"malformed HTTP response \"{head.Split('\r')[0]}\"");
    }

    private static async Task<byte[]> ReadErrorAsync(
        Stream stream, string head, byte[] rest, CancellationToken stop)
    {
        string? length = head.Split("\r\n").Select(line => line.Split(':', 2))
            .FirstOrDefault(pair => pair[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))?[1];
        int wanted = int.TryParse(length, out int bytes) ? Math.Min(bytes, Limits.HijackErrorBytes) : rest.Length;
        var body = new List<byte>(rest);
        byte[] buffer = new byte[4096];
        while (body.Count < wanted)
        {
            int count = await stream.ReadAsync(buffer, stop);
            if (count == 0)
            {
                break;
            }

            body.AddRange(buffer.AsSpan(0, count));
        }

        return [.. body];
    }
}
