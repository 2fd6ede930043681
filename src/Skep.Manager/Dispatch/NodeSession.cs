using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Manager.Dispatch;

/// <summary>What a stream of a session tells its node of.</summary>
internal enum Topic
{
    /// <summary>The node's object, managers, keys, roots.</summary>
    Session,

    /// <summary>Tasks and what they need.</summary>
    Assignments,
}

/// <summary>A node's session, and its streams that must be woken when something of it changed.</summary>
/// <remarks>
/// Thread-safe. A node that lost its connection may open new streams before the old ones have noticed.
/// </remarks>
internal sealed class NodeSession(NodeId node, string id)
{
    private ImmutableList<Listener> listeners = [];
    private volatile bool mustDisconnect;

    public NodeId Node => node;

    public string Id => id;

    public bool MustDisconnect => mustDisconnect;

    /// <summary>To be disposed of when the stream ends.</summary>
    public Listener Listen(Topic topic)
    {
        var listener = new Listener(this, topic);
        ImmutableInterlocked.Update(ref listeners, static (list, added) => list.Add(added), listener);
        if (listeners.Count > DispatchLimits.StreamsPerSession)
        {
            listener.Dispose();
            throw new RpcException(RpcStatus.ResourceExhausted, "too many streams in one session");
        }

        return listener;
    }

    public void Wake(Topic topic)
    {
        foreach (Listener listener in listeners)
        {
            if (listener.Topic == topic)
            {
                listener.Wake.Set();
            }
        }
    }

    public void WakeAll()
    {
        Wake(Topic.Session);
        Wake(Topic.Assignments);
    }

    public void Disconnect()
    {
        mustDisconnect = true;
        WakeAll();
    }

    internal sealed class Listener(NodeSession session, Topic topic) : IDisposable
    {
        public Topic Topic => topic;

        public Wake Wake { get; } = new();

        public void Dispose() =>
            ImmutableInterlocked.Update(ref session.listeners, static (list, gone) => list.Remove(gone), this);
    }
}
