using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>
/// A call in which the client, or both sides, send many messages. One sender and one reader at a time.
/// </summary>
public sealed class RpcDuplex<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly RpcRawCall call;
    private readonly MessageParser<TResponse> parser;

    internal RpcDuplex(RpcRawCall call, MessageParser<TResponse> parser)
    {
        this.call = call;
        this.parser = parser;
    }

    public Task SendAsync(TRequest request) => call.SendAsync(Frames.Rent([request]));

    /// <summary>Sends several messages with one write.</summary>
    public Task SendAllAsync(ReadOnlySpan<TRequest> requests) => call.SendAsync(Frames.Rent(requests));

    /// <summary>Says that no more requests come; answers may still be read.</summary>
    public void CompleteSending() => call.CompleteSending();

    /// <summary>The next answer, or null when the peer has ended the call with success.</summary>
    public async Task<TResponse?> ReadAsync()
    {
        Stream answers = await call.AnswersAsync();
        TResponse? next = await RpcChannel.GuardAsync(
            Frames.ReadAsync(answers, parser, call.Ended).AsTask(), call.Ended);
        if (next is null)
        {
            await call.CheckEndAsync();
        }

        return next;
    }

    /// <summary>Ends a call of many requests and one answer: sends no more, and waits for it.</summary>
    public async Task<TResponse> FinishAsync()
    {
        CompleteSending();
        TResponse answer = await ReadAsync() ?? throw new RpcException(RpcStatus.Internal, "the peer did not answer");
        return await ReadAsync() is null
            ? answer
            : throw new RpcException(RpcStatus.Internal, "the peer answered twice");
    }

    public ValueTask DisposeAsync() => call.DisposeAsync();
}
