using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Rpc;

namespace Skep.Manager.Dispatch;

/// <summary>What the dispatcher knows while this manager leads: it begins empty with every time of leading.</summary>
/// <remarks>Thread-safe: one short lock around who is there.</remarks>
internal sealed class DispatchTerm
{
    private readonly Lock gate = new();
    private readonly DispatcherParts parts;
    private readonly NodeLiveness liveness;
    private readonly Dictionary<NodeId, NodeSession> sessions = [];
    private readonly AwakeTime awake = new(DispatchLimits.LookGap);
    private readonly long begun;

    public DispatchTerm(DispatcherParts parts, CancellationToken ended)
    {
        this.parts = parts;
        liveness = new NodeLiveness(parts.Timings);
        begun = parts.Time.GetTimestamp();
        Writer = new StatusWriter(parts.Store, parts.Self, parts.Time, parts.Log);
        Ended = ended;
    }

    public StatusWriter Writer { get; }

    /// <summary>This manager leads no more, or stops.</summary>
    public CancellationToken Ended { get; }

    public StoreSnapshot Store => parts.Store.Committed();

    /// <summary>Nodes that have a session.</summary>
    public int SessionCount
    {
        get
        {
            lock (gate)
            {
                return sessions.Count;
            }
        }
    }

    private TimeSpan Now_NeedsLock => awake.Of(parts.Time.GetElapsedTime(begun));

    private TimeSpan Period => Store.Cluster?.Spec.Dispatcher.HeartbeatPeriod?.ToTimeSpan() is { Ticks: > 0 } period
        ? period
        : parts.Timings.HeartbeatPeriod;

    /// <summary>Nobody has come to this leader yet.</summary>
    public void Begin()
    {
        lock (gate)
        {
            Write(liveness.Begin(Store.Nodes.All, Period, Now_NeedsLock));
        }
    }

    /// <summary>Writes off nodes whose time is over, again and again.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(DispatchLimits.Look, parts.Time, stop);
            lock (gate)
            {
                TimeSpan asleep = awake.Look(parts.Time.GetElapsedTime(begun));
                if (asleep > DispatchLimits.LookGap)
                {
                    parts.Log.Warn("This manager stood still; what its nodes said meanwhile counts", ("for", asleep));
                }

                foreach (NodeVerdict verdict in Write(liveness.Look(Now_NeedsLock)))
                {
                    LetGo_NeedsLock(verdict);
                }
            }
        }
    }

    /// <summary>
    /// Gives a node a session, or the one it has; returns when its node's object says that it is there.
    /// </summary>
    public async Task<NodeSession> RegisterAsync(
        RpcCaller caller, string wanted, NodeDescription? description, CancellationToken stop)
    {
        NodeSession session;
        Task written;
        lock (gate)
        {
            if (Store.Nodes.Get(caller.Node) is null)
            {
                throw new RpcException(RpcStatus.Unknown, "node not found");
            }

            string fresh = parts.Ids.NewObjectId();
            Registration outcome = liveness.Register(caller.Node, wanted, fresh, Period, Now_NeedsLock);
            if (outcome == Registration.Refused)
            {
                throw new RpcException(
                    RpcStatus.Unavailable, $"node {caller.Node} exceeded rate limit count of registrations");
            }

            session = outcome == Registration.Resumed ? sessions[caller.Node] : Replace_NeedsLock(caller.Node, fresh);
            written = Writer.SetNode(
                caller.Node, new NodeUpdate(NodeState.Ready, "", Host(caller.RemoteAddress), description));
        }

        await written.WaitAsync(DispatchLimits.Registration, parts.Time, stop);
        return session;
    }

    /// <exception cref="RpcException">The session is over, or another's.</exception>
    public NodeSession Check(NodeId node, string session)
    {
        lock (gate)
        {
            Refuse(liveness.Check(node, session));
            return sessions[node];
        }
    }

    /// <returns>When the next heartbeat is expected.</returns>
    public TimeSpan Beat(NodeId node, string session)
    {
        TimeSpan period = Period;
        int jitter = (int)(parts.Timings.HeartbeatJitter.TotalMilliseconds * 2);
        TimeSpan next = period + TimeSpan.FromMilliseconds(
            jitter > 0 ? parts.Ids.NewNumber(jitter) - (jitter / 2) : 0);
        lock (gate)
        {
            Refuse(liveness.Beat(node, session, period, Now_NeedsLock));
        }

        return next > TimeSpan.Zero ? next : period;
    }

    public void StreamOpened(NodeSession session)
    {
        lock (gate)
        {
            if (liveness.StreamOpened(session.Node, session.Id, Period, Now_NeedsLock))
            {
                Writer.SetNode(session.Node, new NodeUpdate(NodeState.Ready, "", "", null));
            }
        }
    }

    public void StreamLost(NodeSession session)
    {
        lock (gate)
        {
            liveness.StreamLost(session.Node, session.Id, Now_NeedsLock);
        }
    }

    /// <summary>Wakes whoever must tell its node of it.</summary>
    /// <param name="changes">Empty: anything may have changed.</param>
    public void OnCommitted(ImmutableArray<StoreChange> changes)
    {
        lock (gate)
        {
            if (changes.IsDefaultOrEmpty)
            {
                WakeEverybody_NeedsLock();
                return;
            }

            foreach (StoreChange change in changes)
            {
                Wake_NeedsLock(change);
            }
        }
    }

    public void WakeEverybody()
    {
        lock (gate)
        {
            WakeEverybody_NeedsLock();
        }
    }

    private static void Refuse(SessionCheck check)
    {
        if (check != SessionCheck.Valid)
        {
            throw check == SessionCheck.NotRegistered
                ? new RpcException(RpcStatus.NotFound, "node not registered")
                : new RpcException(RpcStatus.InvalidArgument, "session invalid");
        }
    }

    private static string Host(string address)
    {
        int colon = address.LastIndexOf(':');
        return colon < 0 ? address : address[..colon].Trim('[', ']');
    }

    private void LetGo_NeedsLock(NodeVerdict verdict)
    {
        if (verdict.State == NodeState.Down && sessions.Remove(verdict.Node, out NodeSession? session))
        {
            session.Disconnect();
        }
    }

    private NodeSession Replace_NeedsLock(NodeId node, string id)
    {
        if (sessions.TryGetValue(node, out NodeSession? before))
        {
            before.WakeAll(); // Its streams look at their session, and end.
        }

        return sessions[node] = new NodeSession(node, id);
    }

    private List<NodeVerdict> Write(List<NodeVerdict> verdicts)
    {
        foreach (NodeVerdict verdict in verdicts)
        {
            Writer.SetNode(verdict.Node, new NodeUpdate(verdict.State, verdict.Message, "", null));
        }

        return verdicts;
    }

    private void WakeEverybody_NeedsLock()
    {
        foreach (NodeSession session in sessions.Values)
        {
            session.WakeAll();
        }
    }

    private void Wake_NeedsLock(StoreChange change)
    {
        switch (change.Object)
        {
            case SwarmTask task when change.Previous is SwarmTask before && change.Kind == StoreActionKind.Update:
                // An ended task lets go of its secrets.
                if (AssignmentSet.MustTell(before, task)
                    || (before.Status.State <= TaskState.Running && task.Status.State > TaskState.Running))
                {
                    WakeAssignments_NeedsLock(task.NodeId);
                }

                if (before.NodeId != task.NodeId)
                {
                    WakeAssignments_NeedsLock(before.NodeId);
                }

                break;
            case SwarmTask task:
                WakeAssignments_NeedsLock(task.NodeId);
                break;
            case Node node when change.Kind == StoreActionKind.Remove:
                liveness.Remove(node.Id);
                if (sessions.Remove(node.Id, out NodeSession? removed))
                {
                    removed.Disconnect();
                }

                break;
            case Node node:
                if (sessions.TryGetValue(node.Id, out NodeSession? session))
                {
                    session.Wake(Topic.Session);
                }

                break;
            case Volume volume:
                foreach (VolumePublishStatus status in volume.PublishStatus)
                {
                    WakeAssignments_NeedsLock(status.NodeId);
                }

                break;
            case Cluster:
                WakeEverybody_NeedsLock();
                break;
        }
    }

    private void WakeAssignments_NeedsLock(NodeId node)
    {
        if (sessions.TryGetValue(node, out NodeSession? session))
        {
            session.Wake(Topic.Assignments);
        }
    }
}
