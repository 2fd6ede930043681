using System.Net;
using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>A bidirectional call. One sender and one reader at a time.</summary>
public sealed class RpcDuplex<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly PushContent body;
    private readonly HttpRequestMessage message;
    private readonly Task<HttpResponseMessage> answer;
    private readonly MessageParser<TResponse> parser;
    private readonly CancellationTokenSource ended;
    private Stream? stream;

    internal RpcDuplex(
        PushContent body,
        HttpRequestMessage message,
        Task<HttpResponseMessage> answer,
        MessageParser<TResponse> parser,
        CancellationTokenSource ended)
    {
        this.body = body;
        this.message = message;
        this.answer = answer;
        this.parser = parser;
        this.ended = ended;
    }

    public async Task SendAsync(TRequest request)
    {
        try
        {
            // A call that failed before its body was asked for would leave us waiting for the stream.
            Task<Stream> opened = body.Opened;
            if (await Task.WhenAny(opened, answer) == answer && !opened.IsCompleted)
            {
                RpcChannel.CheckHeaders(await answer);
                throw new RpcException(RpcStatus.Unavailable, "the peer answered before it was asked");
            }

            Stream target = await opened;
            await target.WriteAsync(Frames.Encode(request), ended.Token);
            await target.FlushAsync(ended.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw RpcChannel.Unreachable(e);
        }
    }

    /// <summary>Says that no more requests come; answers may still be read.</summary>
    public void CompleteSending() => body.Complete();

    /// <summary>The next answer, or null when the peer has ended the call with success.</summary>
    public async Task<TResponse?> ReadAsync()
    {
        HttpResponseMessage response = await RpcChannel.GuardAsync(answer);
        if (stream is null)
        {
            RpcChannel.CheckHeaders(response);
            stream = await response.Content.ReadAsStreamAsync(ended.Token);
        }

        TResponse? next = await RpcChannel.GuardAsync(Frames.ReadAsync(stream, parser, ended.Token).AsTask());
        if (next is null)
        {
            RpcChannel.CheckTrailers(response);
        }

        return next;
    }

    public async ValueTask DisposeAsync()
    {
        body.Complete();
        await ended.CancelAsync();
        try
        {
            (await answer).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            // The call is over either way; whoever sent or read has seen the cause.
        }

        message.Dispose();
        ended.Dispose();
    }
}

/// <summary>A request body that is written while the answer is already being read.</summary>
internal sealed class PushContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Stream> Opened => opened.Task;

    public void Complete() => completed.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        opened.TrySetResult(stream);
        await completed.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
