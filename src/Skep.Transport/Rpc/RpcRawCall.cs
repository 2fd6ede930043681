using System.Net;

namespace Skep.Transport.Rpc;

/// <summary>
/// A call whose messages are bytes: the ground of streams of messages, and of calls that are sent on.
/// </summary>
/// <remarks>One sender and one reader at a time.</remarks>
internal sealed class RpcRawCall : IAsyncDisposable
{
    private readonly PushContent body;
    private readonly HttpRequestMessage message;
    private readonly Task<HttpResponseMessage> answer;
    private readonly CancellationTokenSource ended;
    private Stream? answers;

    public RpcRawCall(
        PushContent body, HttpRequestMessage message, Task<HttpResponseMessage> answer, CancellationTokenSource ended)
    {
        this.body = body;
        this.message = message;
        this.answer = answer;
        this.ended = ended;
        Ended = ended.Token;
    }

    public CancellationToken Ended { get; }

    /// <summary>Where requests are written to.</summary>
    public async ValueTask<Stream> RequestsAsync()
    {
        // A call that failed before its body was asked for would leave us waiting for the stream.
        Task<Stream> opened = body.Opened;
        if (opened.IsCompletedSuccessfully)
        {
            return opened.Result;
        }

        if (await Task.WhenAny(opened, answer) == answer && !opened.IsCompleted)
        {
            RpcChannel.CheckHeaders(await RpcChannel.GuardAsync(answer, Ended));
            throw new RpcException(RpcStatus.Unavailable, "the peer answered before it was asked");
        }

        return await opened;
    }

    public async Task SendAsync(RentedBytes frames)
    {
        try
        {
            Stream target = await RequestsAsync();
            await target.WriteAsync(frames.Bytes, Ended);
            await target.FlushAsync(Ended);
        }
        catch (Exception e) when (RpcChannel.IsLost(e, Ended))
        {
            throw RpcChannel.Unreachable(e);
        }
        finally
        {
            frames.Return();
        }
    }

    public void CompleteSending() => body.Complete();

    /// <summary>Where answers are read from.</summary>
    /// <exception cref="RpcException">The peer refused the call at once.</exception>
    public async ValueTask<Stream> AnswersAsync()
    {
        if (answers is null)
        {
            HttpResponseMessage response = await RpcChannel.GuardAsync(answer, Ended);
            RpcChannel.CheckHeaders(response);
            answers = await response.Content.ReadAsStreamAsync(Ended);
        }

        return answers;
    }

    /// <summary>After the last answer was read.</summary>
    /// <exception cref="RpcException">The peer ended the call with a failure.</exception>
    public async ValueTask CheckEndAsync() => RpcChannel.CheckTrailers(await RpcChannel.GuardAsync(answer, Ended));

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
