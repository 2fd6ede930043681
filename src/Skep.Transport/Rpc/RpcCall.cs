using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Skep.Swarm;

namespace Skep.Transport.Rpc;

/// <summary>One call that a server answers: its messages, its status, and what may end it early.</summary>
/// <remarks>
/// Kestrel keeps it with the memory of an HTTP/2 stream and uses it for the next call there, so all of its state is set
/// in <see cref="Begin"/>. One reader and one writer at a time.
/// </remarks>
internal sealed partial class RpcCall(IFeatureCollection features, RpcServerState server)
{
    private IHttpResponseFeature response = null!;
    private IHttpResponseBodyFeature responseBody = null!;
    private PipeReader? input;
    private PipeWriter? output;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public RpcPeer? Peer { get; private set; }

    public RpcCaller Caller { get; private set; } = null!;

    public bool HasStarted => response.HasStarted;

    public PipeReader Input => input ??= features.Get<IRequestBodyPipeFeature>()!.Reader;

    public PipeWriter Output => output ??= responseBody.Writer;

    public int RequestBytesMax =>
        Caller.IsAnonymous ? RpcLimits.AnonymousRequestBytesMax : RpcLimits.RequestBytesMax;

    public void Begin()
    {
        Request = features.Get<IHttpRequestFeature>()!;
        response = features.Get<IHttpResponseFeature>()!;
        responseBody = features.Get<IHttpResponseBodyFeature>()!;
        Peer = features.Get<RpcPeer>();
        Caller = null!;
        input = null;
        output = null;
        ForgetEndings();
        response.Headers.ContentType = "application/grpc";
    }

    /// <summary>The one message of a call that has one. It has a time in which it must be here.</summary>
    public async ValueTask<T> ReadOnlyAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        T? message = null;
        CancellationTokenSource? late = null;
        CancellationTokenRegistration gone = default;
        try
        {
            while (true)
            {
                if (!Input.TryRead(out ReadResult result))
                {
                    await gone.DisposeAsync();
                    late ??= new CancellationTokenSource(RpcLimits.RequestArrival, server.Options.Time);
                    gone = Stop.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), late);
                    result = await Input.ReadAsync(late.Token);
                }

                var rest = result.Buffer;
                if (Frames.TryTake(ref rest, parser, RequestBytesMax, out T? next))
                {
                    message = message is null ? next : throw TwoMessages();
                }

                Input.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    return message is not null && rest.IsEmpty ? message : throw Broken();
                }
            }
        }
        catch (OperationCanceledException)
            when (late is { IsCancellationRequested: true } && !Stop.IsCancellationRequested)
        {
            throw new RpcException(RpcStatus.DeadlineExceeded, "the request came too slowly");
        }
        finally
        {
            await gone.DisposeAsync();
            late?.Dispose();
        }
    }

    /// <summary>The next message, or null when the client sends no more.</summary>
    public async ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser, CancellationToken stop)
        where T : class, IMessage<T>
    {
        while (true)
        {
            if (!Input.TryRead(out ReadResult result))
            {
                await StartAsync();
                result = await Input.ReadAsync(stop);
            }

            var rest = result.Buffer;
            if (Frames.TryTake(ref rest, parser, RequestBytesMax, out T? next))
            {
                // What follows was not looked at yet: the next read finds it without waiting.
                Input.AdvanceTo(rest.Start);
                return next;
            }

            Input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
            {
                return rest.IsEmpty ? null : throw Broken();
            }
        }
    }

    /// <summary>Says that the call was accepted, to clients that wait for it before they send.</summary>
    public Task StartAsync() => response.HasStarted ? Task.CompletedTask : responseBody.StartAsync(Stop);

    public void Write(IMessage message) => Frames.Write(Output, message);

    public async ValueTask FlushAsync(CancellationToken stop)
    {
        FlushResult result = await Output.FlushAsync(stop);
        if (result.IsCompleted)
        {
            throw new IOException("the peer does not read any more");
        }
    }

    /// <summary>The call's outcome; after this nothing may be written.</summary>
    public async ValueTask FinishAsync(RpcStatus status, string detail, ErrorKind? refusalKind)
    {
        // A call that has sent nothing says it in the headers ("Trailers-Only").
        IHeaderDictionary target = response.HasStarted || status == RpcStatus.Ok
            ? features.Get<IHttpResponseTrailersFeature>()!.Trailers
            : response.Headers;
        target.GrpcStatus = RpcText.StatusNumber(status);
        if (status != RpcStatus.Ok)
        {
            target.GrpcMessage = RpcText.Encode(detail);
            if (refusalKind is { } kind)
            {
                target[RpcNames.RefusalKind] = RpcErrors.WriteKind(kind);
            }
        }

        await responseBody.CompleteAsync();
    }

    /// <summary>Ends the stream without a word (RST_STREAM).</summary>
    public void Reset() => features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    private static RpcException TwoMessages() => new(RpcStatus.Internal, "the request has more than one message");

    private static RpcException Broken() => new(RpcStatus.Internal, "the request ended inside a message");
}
