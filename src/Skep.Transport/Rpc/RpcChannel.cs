using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>A gRPC client over HTTP/2: unary, server-streaming and bidirectional calls.</summary>
/// <remarks>
/// grpc-dotnet takes this class's place the day it can be restored (docs/decisions/0003-own-grpc.md).
/// Thread-safe. Connects on the first call and again after a connection has died; a call is never repeated.
/// </remarks>
public sealed class RpcChannel : IDisposable
{
    private static readonly MediaTypeHeaderValue GrpcContentType = new("application/grpc");

    private readonly HttpMessageInvoker http;
    private readonly string address;
    private readonly (string Name, string Value)[] metadata;

    public RpcChannel(SocketsHttpHandler handler, string address, params (string Name, string Value)[] metadata)
    {
        http = new HttpMessageInvoker(handler);
        this.address = address;
        this.metadata = metadata;
    }

    /// <summary>A channel to a unix socket, without TLS.</summary>
    public static RpcChannel ToUnixSocket(string path, params (string Name, string Value)[] metadata)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = RpcLimits.StreamWindowBytes,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, stop) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new RpcChannel(handler, "http://localhost", metadata);
    }

    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken stop,
        params (string Name, string Value)[] more)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using HttpRequestMessage message = NewRequest(method.Path, new ByteArrayContent(Frames.Encode(request)), more);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, stop);
            CheckHeaders(response);
            await using Stream body = await response.Content.ReadAsStreamAsync(stop);
            TResponse? answer = await Frames.ReadAsync(body, method.Parser, stop);
            if (answer is not null && await Frames.ReadAsync(body, method.Parser, stop) is not null)
            {
                throw new RpcException(RpcStatus.Internal, $"{method.Path} answered twice");
            }

            CheckTrailers(response);
            return answer ?? throw new RpcException(RpcStatus.Internal, $"{method.Path} did not answer");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
    }

    public async IAsyncEnumerable<TResponse> ReadStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken stop)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using HttpRequestMessage message = NewRequest(method.Path, new ByteArrayContent(Frames.Encode(request)), []);
        using HttpResponseMessage response = await GuardAsync(http.SendAsync(message, stop));
        CheckHeaders(response);
        await using Stream body = await response.Content.ReadAsStreamAsync(stop);
        while (true)
        {
            TResponse? next = await GuardAsync(Frames.ReadAsync(body, method.Parser, stop).AsTask());
            if (next is null)
            {
                break;
            }

            yield return next;
        }

        CheckTrailers(response);
    }

    /// <summary>Opens a call in which both sides send many messages. Disposing it ends the call.</summary>
    public RpcDuplex<TRequest, TResponse> Open<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, CancellationToken stop, params (string Name, string Value)[] more)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var body = new PushContent();
        HttpRequestMessage message = NewRequest(method.Path, body, more);
        var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        return new RpcDuplex<TRequest, TResponse>(
            body, message, http.SendAsync(message, ended.Token), method.Parser, ended);
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage NewRequest(string path, HttpContent body, (string Name, string Value)[] more)
    {
        body.Headers.ContentType = GrpcContentType;
        var message = new HttpRequestMessage(HttpMethod.Post, address + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        message.Headers.TryAddWithoutValidation("te", "trailers");
        foreach ((string name, string value) in metadata.Concat(more))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    internal static void CheckHeaders(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new RpcException(RpcStatus.Unavailable, $"the peer answered HTTP {(int)response.StatusCode}");
        }

        // A call that fails at once has its status in the headers ("Trailers-Only").
        if (response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? status))
        {
            CheckStatus(status, response.Headers.TryGetValues("grpc-message", out var text) ? text : []);
        }
    }

    internal static void CheckTrailers(HttpResponseMessage response)
    {
        if (response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? status))
        {
            CheckStatus(status, response.TrailingHeaders.TryGetValues("grpc-message", out var text) ? text : []);
        }
        else if (!response.Headers.Contains("grpc-status"))
        {
            throw new RpcException(RpcStatus.Unavailable, "the peer ended the call without a status");
        }
    }

    internal static RpcException Unreachable(Exception e) => new(RpcStatus.Unavailable, e.Message, e);

    internal static async Task<T> GuardAsync<T>(Task<T> step)
    {
        try
        {
            return await step;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
    }

    private static void CheckStatus(IEnumerable<string> status, IEnumerable<string> text)
    {
        string code = status.FirstOrDefault() ?? "";
        if (code != "0")
        {
            var known = int.TryParse(code, out int number) ? (RpcStatus)number : RpcStatus.Unknown;
            throw new RpcException(known, Uri.UnescapeDataString(text.FirstOrDefault() ?? "no message"));
        }
    }
}
