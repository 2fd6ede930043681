using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Skep.Docker.Engine;
using Skep.Docker.Filters;

namespace Skep.Agent.Events;

/// <summary>Tells whoever listens what happens to containers, images, networks and volumes.</summary>
/// <remarks>
/// Thread-safe. Publishing never waits: a listener that falls <see cref="EventLimits.QueuedEvents"/> behind is cut off,
/// its stream ends, and it may ask again from the last time it saw.
/// </remarks>
public sealed class EventHub(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Queue<EventMessage> history = new(EventLimits.HistoryEvents);
    private readonly List<Listener> listeners = [];
    private long lastNanoseconds;

    /// <summary>How many listen now.</summary>
    public int ListenerCount
    {
        get
        {
            lock (gate)
            {
                return listeners.Count;
            }
        }
    }

    public void Publish(
        string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes)
    {
        lock (gate)
        {
            Publish_NeedsLock(Describe_NeedsLock(type, action, actorId, attributes));
        }
    }

    /// <summary>What happened in the swarm, which notes the time of it itself.</summary>
    /// <param name="nanoseconds">Since 1970; null: now.</param>
    public void PublishSwarm(
        string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes, long? nanoseconds)
    {
        lock (gate)
        {
            long at = nanoseconds ?? Nanoseconds(time.GetUtcNow());
            Publish_NeedsLock(new EventMessage
            {
                Type = type,
                Action = action,
                Actor = new EventActor { Id = actorId, Attributes = attributes },
                Scope = "swarm",
                Time = at / 1_000_000_000,
                TimeNano = at,
            });
        }
    }

    private void Publish_NeedsLock(EventMessage message)
    {
        if (history.Count == EventLimits.HistoryEvents)
        {
            history.Dequeue();
        }

        history.Enqueue(message);
        for (int i = listeners.Count - 1; i >= 0; i--)
        {
            Listener listener = listeners[i];
            if (EventFilter.Includes(listener.Filters, message) && !listener.Queue.Writer.TryWrite(message))
            {
                listener.Queue.Writer.Complete();
                listeners.RemoveAt(i);
            }
        }
    }

    /// <summary>What happened since a time, as far as it is remembered, and then what happens.</summary>
    /// <param name="since">Null: only what happens from now on, or, with an end, all that is remembered.</param>
    /// <param name="until">The stream ends at this time. Null: it ends with the caller, or when he is too slow.</param>
    public IAsyncEnumerable<EventMessage> SubscribeAsync(
        DateTimeOffset? since, DateTimeOffset? until, Filters filters, CancellationToken stop)
    {
        // Listening begins with the call and not with the first read, so that nothing in between is missed.
        var queue = Channel.CreateBounded<EventMessage>(
            new BoundedChannelOptions(EventLimits.QueuedEvents) { SingleReader = true });
        var listener = new Listener(queue, filters);
        List<EventMessage> past;
        lock (gate)
        {
            past = since is null && until is null ? [] : Past_NeedsLock(since, until, filters);
            if (until is null || until > time.GetUtcNow())
            {
                listeners.Add(listener);
            }
            else
            {
                queue.Writer.Complete();
            }
        }

        // A stream that nobody comes to read, for its client left first, is forgotten too.
        CancellationTokenRegistration leaving = stop.Register(() => Forget(listener));
        return ReadAsync(listener, past, until, leaving, stop);
    }

    private async IAsyncEnumerable<EventMessage> ReadAsync(
        Listener listener,
        List<EventMessage> past,
        DateTimeOffset? until,
        CancellationTokenRegistration leaving,
        [EnumeratorCancellation] CancellationToken stop)
    {
        try
        {
            foreach (EventMessage message in past)
            {
                yield return message;
            }

            using ITimer? end = until is { } at && at > time.GetUtcNow()
                ? time.CreateTimer(
                    _ => listener.Queue.Writer.TryComplete(), null, Wait(at), Timeout.InfiniteTimeSpan)
                : null;
            await foreach (EventMessage message in listener.Queue.Reader.ReadAllAsync(stop))
            {
                yield return message;
            }
        }
        finally
        {
            await leaving.DisposeAsync();
            Forget(listener);
        }
    }

    private void Forget(Listener listener)
    {
        lock (gate)
        {
            listeners.Remove(listener);
        }
    }

    // A timer takes at most 49 days; nobody listens longer than that for an end.
    private TimeSpan Wait(DateTimeOffset until)
    {
        TimeSpan wait = until - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > EventLimits.Wait ? EventLimits.Wait : wait;
    }

    private List<EventMessage> Past_NeedsLock(DateTimeOffset? since, DateTimeOffset? until, Filters filters)
    {
        long from = since is { } s ? Nanoseconds(s) : 0;
        long to = until is { } u ? Nanoseconds(u) : long.MaxValue;
        return [.. history.Where(message =>
            message.TimeNano >= from && message.TimeNano <= to && EventFilter.Includes(filters, message))];
    }

    private EventMessage Describe_NeedsLock(
        string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes)
    {
        // Readers order by this and ask again from it: it never stands still and never goes back.
        long nanoseconds = Math.Max(Nanoseconds(time.GetUtcNow()), lastNanoseconds + 1);
        lastNanoseconds = nanoseconds;
        return new EventMessage
        {
            Type = type,
            Action = action,
            Actor = new EventActor { Id = actorId, Attributes = attributes },
            Time = nanoseconds / 1_000_000_000,
            TimeNano = nanoseconds,
            Status = type is "container" or "image" ? action : null,
            Id = type is "container" or "image" ? actorId : null,
            From = type is "container" ? attributes.GetValueOrDefault("image") : null,
        };
    }

    private static long Nanoseconds(DateTimeOffset at)
    {
        long ticks = (at - DateTimeOffset.UnixEpoch).Ticks;
        return ticks > long.MaxValue / 100 ? long.MaxValue : ticks < 0 ? 0 : ticks * 100;
    }

    private sealed record Listener(Channel<EventMessage> Queue, Filters Filters);
}
