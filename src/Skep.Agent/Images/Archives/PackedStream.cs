using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Agent.Images.Archives;

/// <summary>
/// A stream whose packing was told from its first bytes, which it still gives out. Does not own its source.
/// </summary>
internal sealed class PackedStream : Stream
{
    private readonly Stream source;
    private ReadOnlyMemory<byte> head;

    private PackedStream(Stream source, ReadOnlyMemory<byte> head, LayerPacking packing)
    {
        this.source = source;
        this.head = head;
        Packing = packing;
    }

    public LayerPacking Packing { get; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="RefusedException">A packing that this program does not read.</exception>
    public static async Task<PackedStream> OpenAsync(Stream source, CancellationToken stop)
    {
        var head = new byte[6];
        int read = await source.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, stop);
        ReadOnlyMemory<byte> bytes = head.AsMemory(0, read);
        return new PackedStream(source, bytes, PackingOf(bytes.Span));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        if (head.IsEmpty)
        {
            return await source.ReadAsync(buffer, stop);
        }

        int taken = Math.Min(buffer.Length, head.Length);
        head[..taken].CopyTo(buffer);
        head = head[taken..];
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken stop) =>
        ReadAsync(buffer.AsMemory(offset, count), stop).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private static LayerPacking PackingOf(ReadOnlySpan<byte> head) => head switch
    {
        [0x1f, 0x8b, ..] => LayerPacking.Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => LayerPacking.Zstd,
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => throw Unsupported("xz"),
        [(byte)'B', (byte)'Z', (byte)'h', ..] => throw Unsupported("bzip2"),
        _ => LayerPacking.Plain,
    };

    private static RefusedException Unsupported(string packing) =>
        new(ErrorKind.Unsupported, $"the archive is packed with {packing}, which is not supported; use gzip or none");
}
