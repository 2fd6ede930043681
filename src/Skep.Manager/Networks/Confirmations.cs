using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Swarm;

namespace Skep.Manager.Networks;

/// <summary>What has become true on each node, as far as the leader has heard.</summary>
/// <remarks>Thread-safe. A node is here for as long as it has a stream open to this manager.</remarks>
internal sealed class Confirmations
{
    private readonly Lock gate = new();
    private readonly Latest<ImmutableDictionary<NodeId, Entry>> all =
        new(ImmutableDictionary<NodeId, Entry>.Empty);

    /// <summary>Whether a node has confirmed a revision, and a task that ends when more is known.</summary>
    public (Func<NodeId, ulong, bool> HasConfirmed, Task Changed) Read()
    {
        (ImmutableDictionary<NodeId, Entry> now, Task changed) = all.Read();
        return ((node, revision) => now.TryGetValue(node, out Entry? entry) && entry.Revision >= revision, changed);
    }

    /// <param name="stream">Which of the node's streams says so: a newer one takes the place of an older.</param>
    public void Confirm(NodeId node, object stream, ulong revision)
    {
        lock (gate)
        {
            all.Set(all.Value.SetItem(node, new Entry(stream, revision)));
        }
    }

    public void Forget(NodeId node, object stream)
    {
        lock (gate)
        {
            if (all.Value.TryGetValue(node, out Entry? entry) && ReferenceEquals(entry.Stream, stream))
            {
                all.Set(all.Value.Remove(node));
            }
        }
    }

    private sealed record Entry(object Stream, ulong Revision);
}
