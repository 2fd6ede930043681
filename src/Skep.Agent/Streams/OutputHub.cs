using System.Collections.Immutable;

namespace Skep.Agent.Streams;

/// <summary>Takes a piece of output. It may wait: that makes the process wait, so that nothing is lost.</summary>
public delegate ValueTask TakeOutput(StreamKind kind, ReadOnlyMemory<byte> bytes, CancellationToken stop);

/// <summary>Gives one process's output to everybody who is attached.</summary>
/// <remarks>
/// Holds no output itself: a slow client slows its container, as in Docker, and never grows the daemon.
/// Thread-safe.
/// </remarks>
public sealed class OutputHub
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Subscriber> subscribers = [];

    /// <summary>Ends when the process and its output have ended.</summary>
    public Task Ended => ended.Task;

    /// <summary>The number of clients that see the output now.</summary>
    public int SubscriberCount => subscribers.Length;

    /// <summary>Adds a client. It gets what comes from now on, until it is disposed of or its delegate fails.</summary>
    public Subscriber Subscribe(TakeOutput take)
    {
        var subscriber = new Subscriber(this, take);
        ImmutableInterlocked.Update(ref subscribers, (all, one) => all.Add(one), subscriber);
        return subscriber;
    }

    public async ValueTask PublishAsync(StreamKind kind, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        foreach (Subscriber subscriber in subscribers)
        {
            await subscriber.GiveAsync(kind, bytes, stop);
        }
    }

    public void End() => ended.TrySetResult();

    private void Remove(Subscriber subscriber) =>
        ImmutableInterlocked.Update(ref subscribers, (all, one) => all.Remove(one), subscriber);

    /// <summary>One attached client.</summary>
    public sealed class Subscriber(OutputHub hub, TakeOutput take) : IDisposable
    {
        private readonly CancellationTokenSource gone = new();
        private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the client no longer takes output.</summary>
        public Task Gone => failed.Task;

        internal async ValueTask GiveAsync(StreamKind kind, ReadOnlyMemory<byte> bytes, CancellationToken stop)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, gone.Token);
                await take(kind, bytes, either.Token);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The client has gone: its output ends here, the process goes on.
                stop.ThrowIfCancellationRequested();
                hub.Remove(this);
                failed.TrySetResult();
            }
        }

        public void Dispose()
        {
            hub.Remove(this);
            failed.TrySetResult();
            gone.Cancel();
        }
    }
}
