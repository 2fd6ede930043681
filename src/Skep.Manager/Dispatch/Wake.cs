using System.Threading.Channels;

namespace Skep.Manager.Dispatch;

/// <summary>Wakes one waiter; being woken often before it looks counts once.</summary>
internal sealed class Wake
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => channel.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken stop) => await channel.Reader.ReadAsync(stop);
}
