using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>The messages that a server answers one call with. One writer at a time.</summary>
public sealed class RpcWriter<T>
    where T : class, IMessage<T>
{
    private readonly RpcCall call;

    internal RpcWriter(RpcCall call) => this.call = call;

    /// <summary>Sends a message, and waits while the client is slow to read.</summary>
    public ValueTask WriteAsync(T message, CancellationToken stop)
    {
        call.Write(message);
        return call.FlushAsync(stop);
    }

    /// <summary>Puts a message behind others that <see cref="FlushAsync"/> then sends together.</summary>
    public void Write(T message) => call.Write(message);

    public ValueTask FlushAsync(CancellationToken stop) => call.FlushAsync(stop);
}
