using System.Threading.Channels;
using Skep.Swarm;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Manager.Logs;

/// <summary>One reader of logs: who must send lines for it, who has not yet sent all of them, and the lines.</summary>
/// <remarks>
/// What names nodes is kept under the broker's lock: the methods whose names say so must be called with it. The
/// lines have their own bounded queue, which any thread writes to.
/// </remarks>
internal sealed class LogSubscription(string id, LogSelector selector, LogSubscriptionOptions options)
{
    private readonly Channel<PublishLogsMessage> lines = Channel.CreateBounded<PublishLogsMessage>(
        new BoundedChannelOptions(LogLimits.WaitingMessages) { SingleReader = true });
    private readonly HashSet<ServiceId> services = [.. selector.ServiceIds.Select(static one => new ServiceId(one))];
    private readonly HashSet<TaskId> tasks = [.. selector.TaskIds.Select(static one => new TaskId(one))];
    private readonly HashSet<NodeId> wholeNodes = [.. selector.NodeIds.Select(static one => new NodeId(one))];
    private readonly HashSet<NodeId> nodes = [.. selector.NodeIds.Select(static one => new NodeId(one))];
    private readonly SortedSet<string> pending = new(StringComparer.Ordinal);
    private readonly List<string> reasons = [];

    public string Id => id;

    public bool IsFollowing => options.Follow;

    public ChannelReader<PublishLogsMessage> Lines => lines.Reader;

    /// <summary>Set when the lines end because nobody can send them any more.</summary>
    public RefusedException? Failure { get; private set; }

    /// <summary>The nodes that shall send, or go on sending, lines.</summary>
    public IEnumerable<NodeId> Nodes_NeedsLock => nodes;

    public bool IsFor_NeedsLock(NodeId node) => nodes.Contains(node);

    public SubscriptionMessage ToMessage(bool isOver) => new()
    {
        Id = id,
        Selector = selector,
        Options = options,
        Close = isOver,
    };

    /// <summary>Looks for the nodes that have lines already.</summary>
    public void Match_NeedsLock(StoreReader store)
    {
        foreach (SwarmTask task in tasks.Select(store.Tasks.Get).OfType<SwarmTask>())
        {
            Add_NeedsLock(task);
        }
        foreach (SwarmTask task in services.SelectMany(store.TasksOf))
        {
            // Who does not wait for new lines gets those of tasks that have had the time to write some.
            if (IsFollowing || task.Status.State >= TaskState.Running)
            {
                Add_NeedsLock(task);
            }
        }
    }

    public bool IsAbout(SwarmTask task) => services.Contains(task.ServiceId) || tasks.Contains(task.Id);

    /// <summary>Whether a task's lines are what the reader asked for. Without the lock: that never changes.</summary>
    public bool Asks(SwarmTask task) => IsAbout(task) || wholeNodes.Contains(task.NodeId);

    /// <returns>True when another node shall send lines.</returns>
    public bool Add_NeedsLock(SwarmTask task)
    {
        if (task.NodeId.IsEmpty)
        {
            pending.Add(task.Id.Value);
            return false;
        }
        pending.Remove(task.Id.Value);
        return nodes.Add(task.NodeId);
    }

    /// <summary>A node has sent what it has, or cannot; a reader who follows waits for it to come back.</summary>
    /// <param name="node">Which node.</param>
    /// <param name="problem">Why some of its lines are missing; null: none are.</param>
    public void Done_NeedsLock(NodeId node, string? problem)
    {
        if (problem is not null && reasons.Count < LogLimits.Reasons)
        {
            reasons.Add(problem);
        }
        if (!IsFollowing)
        {
            nodes.Remove(node);
            EndIfComplete_NeedsLock();
        }
    }

    public void EndIfComplete_NeedsLock()
    {
        if (nodes.Count == 0 && !IsFollowing)
        {
            lines.Writer.TryComplete();
        }
    }

    /// <returns>False when the reader has gone.</returns>
    public async ValueTask<bool> TryPublishAsync(PublishLogsMessage message, CancellationToken stop)
    {
        while (await lines.Writer.WaitToWriteAsync(stop))
        {
            if (lines.Writer.TryWrite(message))
            {
                return true;
            }
        }
        return false;
    }

    public void Fail(RefusedException failure)
    {
        Failure ??= failure;
        lines.Writer.TryComplete();
    }

    /// <summary>The reader has gone.</summary>
    public void Close() => lines.Writer.TryComplete();

    /// <summary>What the reader must know about lines it did not get, in SwarmKit's words; null: it has all.</summary>
    public RefusedException? Warning_NeedsLock()
    {
        string[] all = [.. reasons, .. pending.Take(LogLimits.Reasons).Select(
            static task => $"task {task} has not been scheduled")];
        return all.Length == 0 ? null : SwarmRefusal.Of(
            SwarmCode.Unknown,
            "warning: incomplete log stream. some logs could not be retrieved for the following reasons: "
            + string.Join(", ", all));
    }
}
