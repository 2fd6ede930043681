using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;
using Skep.Engine;
using Skep.Engine.Connections;
using Skep.Engine.Endpoints;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Tests.Engine;

internal sealed record Thing
{
    public string Name { get; init => field = value ?? ""; } = "";
    public long Number { get; init; }
    public IReadOnlyList<string>? List { get; init; }
    public Thing? Inner { get; init; }
}

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, MaxDepth = 32)]
[JsonSerializable(typeof(Thing))]
internal sealed partial class ThingJson : JsonSerializerContext;

/// <summary>A real server on a unix socket with a few endpoints of its own; tests speak raw bytes to it.</summary>
public sealed class EngineServerFixture : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("skep-http-").FullName;
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public string SocketPath => Path.Combine(directory, "engine.sock");

    /// <summary>Completed with what a hijacked endpoint saw last.</summary>
    internal TaskCompletionSource<string> Gone { get; } = new();

    public async Task InitializeAsync()
    {
        var routes = new RouteTable();
        routes.Get("/things/list", request => request.AnswerTextAsync("the list"));
        routes.Get("/things/{name}/json", request => request.AnswerTextAsync($"{request.Version} {request.Name}"));
        routes.Post("/things", async request =>
        {
            Thing? thing = await request.ReadJsonOrNullAsync(ThingJson.Default.Thing);
            await request.AnswerTextAsync(thing is null ? "nothing" : $"{thing.Name} {thing.Number}");
        });
        routes.Get("/refused/{name}", request =>
            throw new RefusedException(Enum.Parse<ErrorKind>(request.Name), "because <\"it\"> & so"));
        routes.Get("/broken", _ => throw new InvalidOperationException("a bug"));
        routes.Stream("POST", "/count", CountAsync);
        routes.Stream("POST", "/echo", EchoAsync);
        routes.Stream("GET", "/endless", EndlessAsync);
        NotYetEndpoints.Add(routes);

        var ready = new TaskCompletionSource();
        var server = new EngineServer(
            routes, [EngineAddress.Unix(SocketPath, null)], "1.2.3", TimeProvider.System, Log.None);
        running = server.RunAsync(ready.SetResult, stop.Token);
        await Task.WhenAny(ready.Task, running).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(ready.Task.IsCompleted, running.Exception?.ToString());
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(60));
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Sends bytes and reads until the server closes.</summary>
    internal async Task<string> AskAsync(string request, byte[]? body = null)
    {
        using Socket socket = await ConnectAsync();
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(request));
            await socket.SendAsync(body ?? []);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.Shutdown)
        {
            // It was refused before it was all there. The answer is on its way all the same.
        }

        return await ReadToEndAsync(socket);
    }

    internal Task<string> GetAsync(string path) =>
        AskAsync($"GET {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");

    internal Task<string> PostJsonAsync(string path, byte[] body) =>
        AskAsync(
            $"POST {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n",
            body);

    internal async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    internal static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var text = new StringBuilder();
        byte[] buffer = new byte[65536];
        int length;
        try
        {
            while ((length = await socket.ReceiveAsync(buffer, late.Token)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            text.Append("[reset]");
        }

        return text.ToString();
    }

    private static async Task CountAsync(EngineRequest request)
    {
        byte[] buffer = new byte[65536];
        long count = 0;
        int length;
        while ((length = await request.Body.ReadAsync(buffer, request.Stop)) > 0)
        {
            count += length;
        }

        await request.AnswerTextAsync($"{count} bytes");
    }

    // Answers only after the client has finished sending, as `cat` does in a container.
    private async Task EchoAsync(EngineRequest request)
    {
        await request.ReadJsonOrNullAsync(ThingJson.Default.Thing);
        await using HijackedStream stream = await request.HijackAsync(isTerminal: request.Flag("tty"));
        var heard = new MemoryStream();
        await stream.CopyToAsync(heard, request.Stop);
        if (request.Flag("idle"))
        {
            await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stream.ClientGone));
            Gone.TrySetResult("gone");
            return;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, request.Stop);
        await stream.WriteAsync(heard.ToArray(), request.Stop);
        await stream.WriteAsync("bye"u8.ToArray(), request.Stop);
    }

    private async Task EndlessAsync(EngineRequest request)
    {
        await request.StartStreamAsync("text/plain");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, request.Stop);
        }
        catch (OperationCanceledException)
        {
            Gone.TrySetResult("stopped");
            throw;
        }
    }
}
