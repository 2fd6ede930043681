using System.Security.Cryptography;
using Skep.Swarm;

namespace Skep.Agent.Images.Layers;

/// <summary>
/// Counts and hashes what is read through it, and ends the reading at a limit. Does not own its source.
/// </summary>
internal sealed class MeasuredStream(Stream source, long bytesMax, string what) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long CountBytes { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => CountBytes;
        set => throw new NotSupportedException();
    }

    /// <summary>Digest of everything read so far.</summary>
    public string Digest() => "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        int read = await source.ReadAsync(buffer, stop);
        hash.AppendData(buffer.Span[..read]);
        CountBytes += read;
        return CountBytes <= bytesMax
            ? read
            : throw new RefusedException(ErrorKind.Invalid, $"{what} is refused: it has more than {bytesMax} bytes");
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

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
