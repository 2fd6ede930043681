using System.Buffers;
using System.Buffers.Binary;

namespace Skep.Agent.Streams;

/// <summary>Writes a process's output to a client, multiplexed or raw.</summary>
/// <remarks>Calls must not overlap; <see cref="ClientOutput"/> serialises them.</remarks>
public sealed class ClientOutput(Stream client, bool isMultiplexed)
{
    // Frame (Engine API, "Attach to a container"):
    //   1 byte   stream: 0 stdin, 1 stdout, 2 stderr, 3 system error
    //   3 bytes  zero
    //   4 bytes  length of the payload, big endian
    private const int HeaderBytes = 8;

    private readonly SemaphoreSlim turn = new(1);

    public async ValueTask WriteAsync(StreamKind kind, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (!isMultiplexed)
            {
                await client.WriteAsync(bytes, stop);
            }
            else
            {
                await WriteFrameAsync(kind, bytes, stop);
            }

            await client.FlushAsync(stop);
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask WriteFrameAsync(StreamKind kind, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(HeaderBytes + bytes.Length);
        try
        {
            frame.AsSpan(0, HeaderBytes).Clear();
            frame[0] = (byte)kind;
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)bytes.Length);
            bytes.Span.CopyTo(frame.AsSpan(HeaderBytes));
            await client.WriteAsync(frame.AsMemory(0, HeaderBytes + bytes.Length), stop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
