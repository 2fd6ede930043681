using Skep.Agent.Containerd.Wire;

namespace Skep.Agent.Images.Content;

/// <summary>A blob as containerd sends it, message by message.</summary>
internal sealed class ContentReadStream(IAsyncEnumerable<ReadContentResponse> parts, CancellationToken lifetime)
    : Stream
{
    private readonly IAsyncEnumerator<ReadContentResponse> parts = parts.GetAsyncEnumerator(lifetime);
    private ReadOnlyMemory<byte> rest;
    private long position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        while (rest.IsEmpty)
        {
            if (!await parts.MoveNextAsync())
            {
                return 0;
            }

            rest = parts.Current.Data.Memory;
        }

        int taken = Math.Min(buffer.Length, rest.Length);
        rest[..taken].CopyTo(buffer);
        rest = rest[taken..];
        position += taken;
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

    public override async ValueTask DisposeAsync()
    {
        await parts.DisposeAsync();
        await base.DisposeAsync();
    }
}
