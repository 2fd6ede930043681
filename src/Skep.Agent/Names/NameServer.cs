using System.Collections.Concurrent;
using System.Net.Sockets;
using Skep.Linux.Namespaces;

namespace Skep.Agent.Names;

/// <summary>Answers the containers' questions for names at 127.0.0.11.</summary>
/// <remarks>
/// Thread-safe. Every container has two sockets in its own namespace and one loop on each; a container that floods
/// them loses its own datagrams in the kernel, and waits in no queue of ours.
/// </remarks>
public sealed class NameServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, NameListener> listeners = new();
    private readonly Func<string, NameZone?> zoneOf;
    private readonly TimeProvider time;
    private readonly Upstreams upstreams;

    /// <param name="zoneOf">What a container may know at this moment; null: it is gone.</param>
    public NameServer(Func<string, NameZone?> zoneOf, TimeProvider time)
        : this(zoneOf, time, new Upstreams(time))
    {
    }

    internal NameServer(Func<string, NameZone?> zoneOf, TimeProvider time, Upstreams upstreams)
    {
        this.zoneOf = zoneOf;
        this.time = time;
        this.upstreams = upstreams;
    }

    /// <summary>How many containers are served.</summary>
    public int ListenerCount => listeners.Count;

    /// <summary>Begins to answer a container; the descriptors belong to this object from now on.</summary>
    public void Serve(string containerId, BoundDescriptor udp, BoundDescriptor tcp)
    {
        var listener = new NameListener(
            new Socket(new SafeSocketHandle(udp.Descriptor, ownsHandle: true)),
            new Socket(new SafeSocketHandle(tcp.Descriptor, ownsHandle: true)),
            () => zoneOf(containerId),
            upstreams,
            time);
        Invariant.Holds(listeners.TryAdd(containerId, listener));
    }

    /// <summary>Ends a container's service and everything that it still waited for.</summary>
    public async Task StopAsync(string containerId)
    {
        if (listeners.TryRemove(containerId, out NameListener? listener))
        {
            await listener.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string containerId in listeners.Keys)
        {
            await StopAsync(containerId);
        }
    }
}
