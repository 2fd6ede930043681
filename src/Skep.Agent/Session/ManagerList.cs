using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Session;

/// <summary>The managers a node knows, and how it fared with each.</summary>
/// <remarks>
/// SwarmKit's remotes: a weight for each manager, moved half way to every new experience; one is chosen by chance in
/// proportion to its weight, so that nodes spread over managers and keep away from one that failed. Thread-safe.
/// </remarks>
public sealed class ManagerList(IdSource ids)
{
    /// <summary>A good experience; its negative is a bad one.</summary>
    public const int GoodWeight = 10;

    private const int LargestWeight = 256;

    // Managers without weight are all chosen alike, but hardly ever while another has some.
    private const int Bias = 1;
    private const int BiasesPerWeight = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<Peer, int> weights = [];

    /// <summary>In the order of their addresses.</summary>
    public ImmutableArray<Peer> Peers
    {
        get
        {
            lock (gate)
            {
                return [.. weights.Keys.OrderBy(static peer => peer.Addr, StringComparer.Ordinal)];
            }
        }
    }

    public void Observe(Peer peer, long weight)
    {
        lock (gate)
        {
            if (weights.ContainsKey(peer) || weights.Count < SessionLimits.Managers)
            {
                Observe_NeedsLock(peer, weight);
            }
        }
    }

    /// <summary>As <see cref="Observe"/>, unless the manager was dropped meanwhile.</summary>
    public void ObserveKnown(Peer peer, long weight)
    {
        lock (gate)
        {
            if (weights.ContainsKey(peer))
            {
                Observe_NeedsLock(peer, weight);
            }
        }
    }

    /// <summary>A manager has told who the managers are: others are dropped.</summary>
    public void Replace(IEnumerable<WeightedPeer> told)
    {
        lock (gate)
        {
            var seen = new HashSet<Peer>();
            foreach (WeightedPeer manager in told.Take(SessionLimits.Managers))
            {
                if (manager.Peer is { Addr.Length: > 0 } peer)
                {
                    Observe_NeedsLock(peer, manager.Weight);
                    seen.Add(peer);
                }
            }

            foreach (Peer gone in weights.Keys.Where(peer => !seen.Contains(peer)).ToList())
            {
                weights.Remove(gone);
            }
        }
    }

    /// <summary>Null: none is known.</summary>
    public Peer? Choose()
    {
        lock (gate)
        {
            Peer[] peers = [.. weights.Keys.OrderBy(static peer => peer.Addr, StringComparer.Ordinal)];
            int total = peers.Sum(Share_NeedsLock);
            if (total == 0)
            {
                return null;
            }

            int drawn = ids.NewNumber(total);
            foreach (Peer peer in peers)
            {
                drawn -= Share_NeedsLock(peer);
                if (drawn < 0)
                {
                    return peer;
                }
            }

            return peers[^1];
        }
    }

    private int Share_NeedsLock(Peer peer) => (Math.Max(0, weights[peer]) * BiasesPerWeight) + Bias;

    private void Observe_NeedsLock(Peer peer, long weight)
    {
        long now = Math.Clamp(weight, -LargestWeight, LargestWeight);
        weights[peer] = (int)Math.Ceiling((now + weights.GetValueOrDefault(peer)) / 2.0);
    }
}
