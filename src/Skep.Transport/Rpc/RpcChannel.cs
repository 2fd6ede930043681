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
    private readonly OpenSockets open;

    private RpcChannel(
        SocketsHttpHandler handler, string address, OpenSockets open, (string Name, string Value)[] metadata)
    {
        http = new HttpMessageInvoker(handler);
        this.open = open;
        this.address = address;
        this.metadata = metadata;
    }

    /// <summary>A channel to a unix socket, without TLS.</summary>
    public static RpcChannel ToUnixSocket(string path, params (string Name, string Value)[] metadata)
    {
        var open = new OpenSockets();
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
                    return open.Add(socket);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new RpcChannel(handler, "http://localhost", open, metadata);
    }

    /// <summary>A channel to a node of the swarm, or to a manager of the swarm that this node joins.</summary>
    /// <param name="address">"host:port"; its name in the certificate is what <paramref name="options"/> say.</param>
    public static RpcChannel ToNode(string address, RpcChannelOptions options)
    {
        var open = new OpenSockets();
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = RpcLimits.StreamWindowBytes,
            ActivityHeadersPropagator = null,
            ConnectTimeout = RpcLimits.Connect,
            ConnectCallback = (context, stop) =>
                NodeConnection.OpenAsync(context.DnsEndPoint, options.Tls(), open, stop),
        };
        if (options.KeepAlive is { } silence)
        {
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            handler.KeepAlivePingDelay = silence;
            handler.KeepAlivePingTimeout = silence;
        }

        // The stream is TLS already. "https" would have ALPN demanded, and Docker's managers offer none once their
        // certificate was renewed.
        return new RpcChannel(handler, "http://" + address, open, []);
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
        catch (Exception e) when (IsLost(e, stop))
        {
            throw Unreachable(e);
        }
    }

    /// <summary>A call with a deadline, which the peer learns.</summary>
    /// <exception cref="RpcException">Also <see cref="RpcStatus.DeadlineExceeded"/>.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan deadline,
        TimeProvider time,
        CancellationToken stop,
        params (string Name, string Value)[] more)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return await CallAsync(
                method, request, either.Token, [("grpc-timeout", RpcText.WriteTimeout(deadline)), .. more]);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new RpcException(RpcStatus.DeadlineExceeded, "the peer did not answer in time", e);
        }
    }

    public async IAsyncEnumerable<TResponse> ReadStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken stop)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using HttpRequestMessage message = NewRequest(method.Path, new ByteArrayContent(Frames.Encode(request)), []);
        using HttpResponseMessage response = await GuardAsync(http.SendAsync(message, stop), stop);
        CheckHeaders(response);
        await using Stream body = await response.Content.ReadAsStreamAsync(stop);
        while (true)
        {
            TResponse? next = await GuardAsync(Frames.ReadAsync(body, method.Parser, stop).AsTask(), stop);
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
        where TResponse : class, IMessage<TResponse> =>
        new(OpenRaw(method.Path, stop, more), method.Parser);

    internal RpcRawCall OpenRaw(string path, CancellationToken stop, (string Name, string Value)[] more)
    {
        var body = new PushContent();
        HttpRequestMessage message = NewRequest(path, body, more);
        var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        return new RpcRawCall(body, message, http.SendAsync(message, ended.Token), ended);
    }

    /// <summary>Ends the connections, and with them the calls that are under way.</summary>
    public void Dispose()
    {
        http.Dispose();
        open.CloseAll();
    }

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
            CheckStatus(status, response.Headers);
        }
    }

    internal static void CheckTrailers(HttpResponseMessage response)
    {
        if (response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? status))
        {
            CheckStatus(status, response.TrailingHeaders);
        }
        else if (!response.Headers.Contains("grpc-status"))
        {
            throw new RpcException(RpcStatus.Unavailable, "the peer ended the call without a status");
        }
    }

    /// <remarks>
    /// HTTP speaks as if somebody had cancelled the call when a connection took too long, and when the peer ended the
    /// call while a request was being written. Nobody did.
    /// </remarks>
    /// <param name="asked">What our side cancels the call by.</param>
    internal static bool IsLost(Exception e, CancellationToken asked) =>
        e is HttpRequestException or IOException
        || (e is OperationCanceledException && !asked.IsCancellationRequested);

    /// <remarks>
    /// What HTTP says of a failed connection is general; the cause inside it is what a user can act on.
    /// </remarks>
    internal static RpcException Unreachable(Exception e) =>
        new(RpcStatus.Unavailable, (e.InnerException ?? e).Message, e);

    internal static async Task<T> GuardAsync<T>(Task<T> step, CancellationToken asked)
    {
        try
        {
            return await step;
        }
        catch (Exception e) when (IsLost(e, asked))
        {
            throw Unreachable(e);
        }
    }

    private static void CheckStatus(IEnumerable<string> status, HttpHeaders headers)
    {
        string code = status.FirstOrDefault() ?? "";
        if (code == "0")
        {
            return;
        }

        string text = headers.TryGetValues("grpc-message", out IEnumerable<string>? words)
            ? RpcText.Decode(words.FirstOrDefault() ?? "")
            : "no message";
        var known = int.TryParse(code, out int number) ? (RpcStatus)number : RpcStatus.Unknown;
        throw new RpcException(known, text)
        {
            RefusalKind = headers.TryGetValues(RpcNames.RefusalKind, out IEnumerable<string>? kind)
                ? RpcErrors.ReadKind(kind.FirstOrDefault())
                : null,
        };
    }
}
