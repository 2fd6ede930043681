namespace Skep.Cli.Client;

/// <summary>A connection that carries a container's streams.</summary>
/// <param name="early">Bytes that came with the answer's head.</param>
/// <param name="isMultiplexed">The daemon says that its side is framed; older ones do not say.</param>
internal sealed class HijackedConnection(Stream stream, byte[] early, bool isMultiplexed) : IAsyncDisposable
{
    private int earlyRead;

    public bool IsMultiplexed => isMultiplexed;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop)
    {
        if (earlyRead < early.Length)
        {
            int count = Math.Min(buffer.Length, early.Length - earlyRead);
            early.AsMemory(earlyRead, count).CopyTo(buffer);
            earlyRead += count;
            return count;
        }

        return await stream.ReadAsync(buffer, stop);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) => stream.WriteAsync(bytes, stop);

    public Task CloseWriteAsync(CancellationToken stop) => Dialer.CloseWriteAsync(stream, stop);

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
