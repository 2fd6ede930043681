using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>gRPC's length-prefixed messages.</summary>
internal static class Frames
{
    // Length-prefixed message (grpc/grpc doc/PROTOCOL-HTTP2.md):
    //   1 byte   compressed flag, 0 here
    //   4 bytes  length of the message, big endian
    //   n bytes  message
    public const int HeaderBytes = 5;

    public static byte[] Encode(IMessage message)
    {
        int messageBytes = message.CalculateSize();
        var frame = new byte[HeaderBytes + messageBytes];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)messageBytes);
        message.WriteTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>Messages as bytes in memory that is given back with <see cref="RentedBytes.Return"/>.</summary>
    public static RentedBytes Rent<T>(ReadOnlySpan<T> messages)
        where T : IMessage
    {
        int bytes = 0;
        foreach (T message in messages)
        {
            bytes += HeaderBytes + message.CalculateSize();
        }

        byte[] memory = ArrayPool<byte>.Shared.Rent(bytes);
        Span<byte> rest = memory.AsSpan(0, bytes);
        foreach (T message in messages)
        {
            int messageBytes = message.CalculateSize();
            rest[0] = 0;
            BinaryPrimitives.WriteUInt32BigEndian(rest[1..], (uint)messageBytes);
            message.WriteTo(rest.Slice(HeaderBytes, messageBytes));
            rest = rest[(HeaderBytes + messageBytes)..];
        }

        return new RentedBytes(memory, bytes);
    }

    /// <summary>Takes the first message off what has arrived. The length is checked before it is believed.</summary>
    /// <returns>False: the message is not all there yet.</returns>
    public static bool TryTake<T>(
        ref ReadOnlySequence<byte> arrived, MessageParser<T> parser, int bytesMax, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (!TryMeasure(arrived, bytesMax, out int messageBytes))
        {
            return false;
        }

        message = parser.ParseFrom(arrived.Slice(HeaderBytes, messageBytes));
        arrived = arrived.Slice(HeaderBytes + messageBytes);
        return true;
    }

    /// <summary>The length of the first message of what has arrived, without its header.</summary>
    /// <returns>False: the message is not all there yet.</returns>
    public static bool TryMeasure(in ReadOnlySequence<byte> arrived, int bytesMax, out int messageBytes)
    {
        messageBytes = 0;
        if (arrived.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        arrived.Slice(0, HeaderBytes).CopyTo(header);
        if (header[0] != 0)
        {
            throw new RpcException(RpcStatus.Unimplemented, "compressed messages are not understood");
        }

        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (bytes > bytesMax)
        {
            throw new RpcException(
                RpcStatus.ResourceExhausted, $"grpc: received message larger than max ({bytes} vs. {bytesMax})");
        }

        messageBytes = (int)bytes;
        return arrived.Length >= HeaderBytes + messageBytes;
    }

    public static void Write(IBufferWriter<byte> target, IMessage message)
    {
        Span<byte> header = target.GetSpan(HeaderBytes);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)message.CalculateSize());
        target.Advance(HeaderBytes);
        message.WriteTo(target);
    }

    /// <summary>
    /// The next message, or null at the end of the stream. The length is checked before it is believed.
    /// </summary>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, CancellationToken stop)
        where T : class, IMessage<T>
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            int read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, HeaderBytes), HeaderBytes, false, stop);
            if (read == 0)
            {
                return null;
            }

            if (read < HeaderBytes || buffer[0] != 0)
            {
                throw new RpcException(RpcStatus.Internal, "the peer sent a broken or compressed frame");
            }

            uint messageBytes = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(1));
            if (messageBytes > RpcLimits.MessageBytesMax)
            {
                throw new RpcException(
                    RpcStatus.ResourceExhausted,
                    $"the peer sent a message of {messageBytes} bytes; the limit is {RpcLimits.MessageBytesMax}");
            }

            if (messageBytes > buffer.Length)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent((int)messageBytes);
            }

            await stream.ReadExactlyAsync(buffer.AsMemory(0, (int)messageBytes), stop);
            return parser.ParseFrom(buffer.AsSpan(0, (int)messageBytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Bytes in memory of the pool. Whoever holds it gives it back once.</summary>
internal readonly struct RentedBytes(byte[] memory, int count)
{
    public ReadOnlyMemory<byte> Bytes => memory.AsMemory(0, count);

    public void Return() => ArrayPool<byte>.Shared.Return(memory);
}
