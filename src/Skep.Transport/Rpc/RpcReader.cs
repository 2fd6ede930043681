using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>The messages that a client sends in one call. One reader at a time.</summary>
public sealed class RpcReader<T>
    where T : class, IMessage<T>
{
    private readonly RpcCall call;
    private readonly MessageParser<T> parser;

    internal RpcReader(RpcCall call, MessageParser<T> parser)
    {
        this.call = call;
        this.parser = parser;
    }

    /// <summary>The next message, or null when the client sends no more.</summary>
    public ValueTask<T?> ReadAsync(CancellationToken stop) => call.ReadNextAsync(parser, stop);
}
