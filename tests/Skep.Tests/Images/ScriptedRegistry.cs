using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Docker.Images;

namespace Skep.Tests.Images;

/// <summary>One request that the scripted registry saw.</summary>
public sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers);

/// <summary>An answer, honest or not.</summary>
/// <param name="CutAfter">Bytes of the body after which the connection is reset; null: the whole body.</param>
/// <param name="Hangs">Send nothing at all and keep the connection open.</param>
public sealed record ScriptedAnswer(
    int Status, byte[] Body, string ContentType = "application/octet-stream", int? CutAfter = null, bool Hangs = false)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static ScriptedAnswer Ok(byte[] body, string type = "application/octet-stream") => new(200, body, type);

    public static ScriptedAnswer Text(int status, string body = "") => new(status, Encoding.UTF8.GetBytes(body));

    public static ScriptedAnswer Redirect(string location) => new(307, []) { Headers = { ["Location"] = location } };
}

/// <summary>A peer that speaks HTTP/1.1 and does as its script says: it lies, hangs, resets and redirects.</summary>
public sealed class ScriptedRegistry : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly Func<SeenRequest, ScriptedAnswer> script;
    private readonly CancellationTokenSource ending = new();
    private readonly List<Task> connections = [];
    private readonly Task accepting;

    public ScriptedRegistry(Func<SeenRequest, ScriptedAnswer> script, string host = "127.0.0.1")
    {
        this.script = script;
        listener = new TcpListener(IPAddress.Parse(host), 0);
        listener.Start();
        Address = $"{host}:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = AcceptAsync();
    }

    public string Address { get; }

    public List<SeenRequest> Seen { get; } = [];

    /// <summary>Answers truthfully for one image, tag "1"; what the script gives first wins.</summary>
    public static ScriptedRegistry Serving(SampleImage image, Func<SeenRequest, ScriptedAnswer?> lies) =>
        new(request => lies(request) ?? Honest(image, request));

    public static ScriptedAnswer Honest(SampleImage image, SeenRequest request)
    {
        if (request.Path.Contains("/manifests/"))
        {
            return ScriptedAnswer.Ok(image.ManifestBytes, MediaTypes.DockerManifest);
        }

        byte[]? blob = image.Layers.Select(layer => layer.Packed).Append(image.ConfigBytes)
            .FirstOrDefault(bytes => request.Path.EndsWith(TarBuilder.Digest(bytes)));
        return blob is null ? ScriptedAnswer.Text(404) : ScriptedAnswer.Ok(blob);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(connections);
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await listener.AcceptSocketAsync(ending.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await using var stream = new NetworkStream(socket);
                while (await ReadRequestAsync(stream) is { } request)
                {
                    lock (Seen)
                    {
                        Seen.Add(request);
                    }

                    ScriptedAnswer answer = script(request);
                    if (answer.Hangs)
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending.Token);
                    }

                    await WriteAsync(stream, answer);
                    if (answer.CutAfter is not null)
                    {
                        socket.LingerState = new LingerOption(true, 0); // A reset, not an orderly end.
                        return;
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task<SeenRequest?> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n"))
        {
            if (await stream.ReadAsync(one, ending.Token) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
            if (text[0] == 0x16)
            {
                return null; // A TLS greeting: this peer does not speak it.
            }
        }

        string[] lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new SeenRequest(
            lines[0].Split(' ')[1],
            lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(
                pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase));
    }

    private async Task WriteAsync(NetworkStream stream, ScriptedAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Scripted\r\n");
        head.Append($"Content-Type: {answer.ContentType}\r\nContent-Length: {answer.Body.Length}\r\n");
        foreach ((string name, string value) in answer.Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), ending.Token);
        await stream.WriteAsync(answer.Body.AsMemory(0, answer.CutAfter ?? answer.Body.Length), ending.Token);
        await stream.FlushAsync(ending.Token);
        if (answer.CutAfter is not null)
        {
            // What was sent must arrive before the reset overtakes it.
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, ending.Token);
        }
    }
}
