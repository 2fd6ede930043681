using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Skep.Cli.Client;

/// <summary>Parts the framed stream of a container without a terminal into its output and errors.</summary>
/// <remarks>
/// Frame: 1 byte stream (0 input, 1 output, 2 errors, 3 the daemon's own error), 3 bytes zero,
/// 4 bytes length, big endian, then that many bytes.
/// </remarks>
internal static class StreamFrames
{
    private const int HeaderBytes = 8;

    public delegate ValueTask<int> Read(Memory<byte> buffer, CancellationToken stop);

    /// <param name="output">Null: not wanted.</param>
    public static async Task CopyAsync(Read read, Stream? output, Stream? errors, CancellationToken stop)
    {
        byte[] header = new byte[HeaderBytes];
        byte[] buffer = new byte[Limits.CopyBytes];
        while (await FillAsync(read, header, stop) == HeaderBytes)
        {
            long left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            Stream? target = header[0] switch
            {
                0 or 1 => output,
                2 => errors,
                3 => null,
                _ => throw new CommandFailedException($"Unrecognized input header: {header[0]}"),
            };
            using MemoryStream? failure = header[0] == 3 ? new MemoryStream() : null;
            while (left > 0)
            {
                int count = await read(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), stop);
                if (count == 0)
                {
                    return;
                }

                (failure ?? target)?.Write(buffer.AsSpan(0, count));
                left -= count;
            }

            if (failure is not null)
            {
                string message = Encoding.UTF8.GetString(failure.GetBuffer(), 0, (int)failure.Length);
                throw new CommandFailedException($"error from daemon in stream: {message}");
            }
        }
    }

    /// <summary>Frame by frame, each whole: the daemon's log endpoints send one line in each.</summary>
    public static async IAsyncEnumerable<(byte Stream, ReadOnlyMemory<byte> Content)> ReadAsync(
        Read read, [EnumeratorCancellation] CancellationToken stop)
    {
        byte[] header = new byte[HeaderBytes];
        while (await FillAsync(read, header, stop) == HeaderBytes)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            if (length > Limits.LineBytes)
            {
                throw new CommandFailedException($"log message of {length} bytes is too long");
            }

            byte[] content = new byte[length];
            if (await FillAsync(read, content, stop) < content.Length)
            {
                yield break;
            }

            yield return header[0] switch
            {
                0 or 1 or 2 => (header[0], content),
                3 => throw new CommandFailedException(
                    $"error from daemon in stream: {Encoding.UTF8.GetString(content)}"),
                _ => throw new CommandFailedException($"Unrecognized input header: {header[0]}"),
            };
        }
    }

    private static async Task<int> FillAsync(Read read, byte[] buffer, CancellationToken stop)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int count = await read(buffer.AsMemory(filled), stop);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }
}
