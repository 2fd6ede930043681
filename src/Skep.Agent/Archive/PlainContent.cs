using System.IO.Compression;

namespace Skep.Agent.Archive;

/// <summary>An archive without its compression, which its first bytes tell.</summary>
internal static class PlainContent
{
    private const int SignatureBytes = 6;

    public static async Task<Stream> OpenAsync(Stream content, CancellationToken stop)
    {
        var start = new byte[SignatureBytes];
        int length = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop);
        ReadOnlyMemory<byte> signature = start.AsMemory(0, length);
        var whole = new PrefixedStream(signature, content);
        if (signature.Span.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return new GZipStream(whole, CompressionMode.Decompress);
        }

        string? unknown = signature.Span switch
        {
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => "xz",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
            _ => null,
        };
        return unknown is null
            ? whole
            : throw new InvalidDataException($"archives compressed with {unknown} are not supported: use gzip");
    }

    /// <summary>Bytes that were read ahead, and then the rest. Does not own the rest.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> unread = prefix;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (unread.IsEmpty)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }

            int length = Math.Min(unread.Length, buffer.Length);
            unread[..length].CopyTo(buffer);
            unread = unread[length..];
            return ValueTask.FromResult(length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
