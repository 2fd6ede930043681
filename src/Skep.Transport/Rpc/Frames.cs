using System.Buffers;
using System.Buffers.Binary;
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
