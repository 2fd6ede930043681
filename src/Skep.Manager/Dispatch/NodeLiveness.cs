using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Manager.Dispatch;

/// <summary>What is to be written of a node.</summary>
public readonly record struct NodeVerdict(NodeId Node, NodeState State, string Message);

/// <summary>What came of a node's wish for a session.</summary>
public enum Registration
{
    /// <summary>It has a new session.</summary>
    New,

    /// <summary>It goes on with the one it had.</summary>
    Resumed,

    /// <summary>It asks too often.</summary>
    Refused,
}

/// <summary>Who is there: sessions, heartbeats and lost connections of all nodes, for one time of leading.</summary>
/// <remarks>
/// Pure: time comes in as a duration since some fixed moment of a clock that never goes back, and what changes comes
/// out
/// as verdicts. Not thread-safe.
/// <para>
/// A node fails in two steps (decision 13). Losing its session stream, or the pings of its connection, makes it
/// disconnected at once: it gets no new work. It is down only when that has lasted a while, and comes back to what it
/// had when it returns in between. Heartbeats are the third witness: a node whose connection lives but which does not
/// beat is down as it is in SwarmKit.
/// </para>
/// </remarks>
public sealed class NodeLiveness(DispatchTimings timings)
{
    public const string UnknownMessage = "Node moved to \"unknown\" state due to leadership change in cluster";
    public const string UnreachableMessage = "the connection to the node was lost";
    public const string DownMessage = "heartbeat failure";
    public const string UnknownDownMessage = "heartbeat failure for node in \"unknown\" state";

    private readonly Dictionary<NodeId, Entry> entries = [];

    private enum Presence
    {
        /// <summary>Not seen since we lead.</summary>
        Unknown,

        /// <summary>Registered; its session stream may not have been opened yet.</summary>
        Present,

        /// <summary>Its stream is gone.</summary>
        Unreachable,
    }

    /// <summary>A new leader has seen nobody yet. Nodes that were down stay it until they come.</summary>
    public List<NodeVerdict> Begin(IEnumerable<Node> nodes, TimeSpan period, TimeSpan now)
    {
        var verdicts = new List<NodeVerdict>();
        foreach (Node node in nodes)
        {
            if (node.Status.State == NodeState.Down)
            {
                continue;
            }

            entries[node.Id] = new Entry { Until = now + (period * timings.UnknownBeats) };
            verdicts.Add(new NodeVerdict(node.Id, NodeState.Unknown, UnknownMessage));
        }

        return verdicts;
    }

    /// <param name="wanted">The session the node would go on with; empty: a new one.</param>
    /// <param name="fresh">The id that a new session gets.</param>
    public Registration Register(NodeId node, string wanted, string fresh, TimeSpan period, TimeSpan now)
    {
        if (entries.TryGetValue(node, out Entry? entry) && entry.Session.Length > 0)
        {
            if (entry.Session == wanted)
            {
                return Registration.Resumed;
            }

            if (now - entry.Registered > timings.RateWindow)
            {
                entry.AttemptCount = 0;
            }

            if (++entry.AttemptCount > DispatchLimits.RegistrationsPerWindow)
            {
                return Registration.Refused;
            }
        }

        entry ??= entries[node] = new Entry();
        entry.Session = fresh;
        entry.Registered = now;
        entry.Presence = Presence.Present;
        entry.StreamCount = 0;
        entry.Until = now + (period * timings.MissedBeats);
        return Registration.New;
    }

    public SessionCheck Check(NodeId node, string session)
    {
        if (!entries.TryGetValue(node, out Entry? entry))
        {
            return SessionCheck.NotRegistered;
        }

        return session.Length > 0 && entry.Session == session ? SessionCheck.Valid : SessionCheck.Invalid;
    }

    /// <param name="period">When the next heartbeat is expected.</param>
    public SessionCheck Beat(NodeId node, string session, TimeSpan period, TimeSpan now)
    {
        SessionCheck check = Check(node, session);
        if (check == SessionCheck.Valid)
        {
            // A beat without a stream is a sign of life all the same: the node is on its way back.
            Entry entry = entries[node];
            bool isAway = entry.Presence == Presence.Unreachable;
            entry.Until = now + (isAway ? timings.DownAfter : period * timings.MissedBeats);
        }

        return check;
    }

    /// <returns>Whether the node is written down as unreachable.</returns>
    public bool StreamOpened(NodeId node, string session, TimeSpan period, TimeSpan now)
    {
        if (Check(node, session) != SessionCheck.Valid)
        {
            return false;
        }

        Entry entry = entries[node];
        bool wasLost = entry is { Presence: Presence.Unreachable, IsTold: true };
        entry.Presence = Presence.Present;
        entry.StreamCount++;
        entry.Until = now + (period * timings.MissedBeats);
        return wasLost;
    }

    /// <remarks>
    /// The verdict comes from <see cref="Look"/>: a node that only begins a new round is never seen away.
    /// </remarks>
    public void StreamLost(NodeId node, string session, TimeSpan now)
    {
        if (Check(node, session) == SessionCheck.Valid && --entries[node].StreamCount <= 0)
        {
            Entry entry = entries[node];
            entry.Presence = Presence.Unreachable;
            entry.IsTold = false;
            entry.LostAt = now;
            entry.Until = now + timings.DownAfter;
        }
    }

    /// <summary>The node is no longer one of the swarm.</summary>
    public void Remove(NodeId node) => entries.Remove(node);

    /// <summary>
    /// What time has brought: nodes that are away, and nodes that are down and have to register again.
    /// </summary>
    public List<NodeVerdict> Look(TimeSpan now)
    {
        var verdicts = new List<NodeVerdict>();
        foreach ((NodeId node, Entry entry) in entries)
        {
            if (now >= entry.Until)
            {
                verdicts.Add(new NodeVerdict(
                    node, NodeState.Down, entry.Presence == Presence.Unknown ? UnknownDownMessage : DownMessage));
            }
            else if (entry is { Presence: Presence.Unreachable, IsTold: false } && now - entry.LostAt >= timings.Blip)
            {
                entry.IsTold = true;
                verdicts.Add(new NodeVerdict(node, NodeState.Disconnected, UnreachableMessage));
            }
        }

        foreach (NodeVerdict verdict in verdicts.Where(static verdict => verdict.State == NodeState.Down))
        {
            entries.Remove(verdict.Node);
        }

        return verdicts;
    }

    private sealed class Entry
    {
        public string Session { get; set; } = "";

        public Presence Presence { get; set; }

        public int StreamCount { get; set; }

        public TimeSpan LostAt { get; set; }

        /// <summary>That it is unreachable has been written.</summary>
        public bool IsTold { get; set; }

        public TimeSpan Registered { get; set; }

        public int AttemptCount { get; set; }

        /// <summary>Down, unless something is heard until then.</summary>
        public TimeSpan Until { get; set; }
    }
}

/// <summary>Whether a node's word comes with its session.</summary>
public enum SessionCheck
{
    Valid,
    Invalid,
    NotRegistered,
}
