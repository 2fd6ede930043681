namespace Skep.Agent.Images.Archives;

/// <summary>Writes to a stream that somebody else will close.</summary>
internal sealed class UnownedStream(Stream target) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken stop = default) =>
        target.WriteAsync(buffer, stop);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken stop) =>
        target.WriteAsync(buffer, offset, count, stop);

    public override Task FlushAsync(CancellationToken stop) => target.FlushAsync(stop);

    public override void Flush()
    {
        // Only asynchronous writes reach the target; a synchronous flush would block on the network.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
