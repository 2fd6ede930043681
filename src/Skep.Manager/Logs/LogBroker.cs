using Skep.Manager.Consensus;
using Skep.Manager.Measuring;
using Skep.Swarm;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Logs;

/// <summary>Where agents learn which logs somebody wants to read, and send their lines.</summary>
/// <remarks>
/// The leader alone keeps the subscriptions, in memory; other managers send the agents' calls on to it. When it leads
/// no more the readers are told, and the agents come to the next leader (docs/internals/logs.md). Thread-safe.
/// </remarks>
public sealed partial class LogBroker(
    ChangeFeed feed, Latest<DriverStatus> status, IdSource ids, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LogSubscription> subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, List<LogListener>> listeners = [];

    public ClaimMeter Claims { get; init; } = new();

    public Log Log { get; init; } = Log.None;

    public void Map(RpcRoutes routes, FindLeader findLeader)
    {
        routes.AtLeader(findLeader)
            .ServerStream(
                SwarmKitMethods.LogBroker.ListenSubscriptions,
                RpcAccess.Node,
                (_, writer, caller, stop) => ListenAsync(caller.Node, writer, stop))
            .ClientStream(
                SwarmKitMethods.LogBroker.PublishLogs,
                RpcAccess.Node,
                (reader, caller, stop) => PublishAsync(reader, caller.Node, stop));
        routes.ServerStream(
            SwarmKitMethods.Logs.SubscribeLogs,
            RpcAccess.Manager,
            (request, writer, _, stop) => SubscribeAsync(request, writer, stop));
    }

    /// <summary>Tells an agent what to send. Ends without an error when this manager leads no more.</summary>
    private async Task ListenAsync(
        NodeId node, RpcWriter<SubscriptionMessage> writer, CancellationToken stop)
    {
        LogListener listener = Enter(node);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task lost = status.WaitAsync(static now => !now.Leadership.IsLeader, over.Token);
        Task changed = Task.CompletedTask;
        try
        {
            while (true)
            {
                foreach (SubscriptionMessage message in News(listener))
                {
                    writer.Write(message);
                }
                await writer.FlushAsync(stop);
                changed = listener.Wake.WaitAsync(over.Token).AsTask();
                if (await Task.WhenAny(changed, lost) == lost)
                {
                    await lost;
                    return;
                }
                await changed;
            }
        }
        finally
        {
            Leave(listener);
            await over.CancelAsync();
            await Task.WhenAll(lost, changed).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private LogListener Enter(NodeId node)
    {
        lock (gate)
        {
            if (!listeners.TryGetValue(node, out List<LogListener>? all))
            {
                listeners[node] = all = [];
            }
            if (all.Count >= LogLimits.ListenersPerNode)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.ResourceExhausted,
                    $"node {node} listens {all.Count} times for log subscriptions already");
            }
            var listener = new LogListener(node);
            all.Add(listener);
            return listener;
        }
    }

    /// <summary>Who reads gets no more of the node's lines, unless another call of the node goes on.</summary>
    private void Leave(LogListener listener)
    {
        lock (gate)
        {
            List<LogListener> all = listeners[listener.Node];
            all.Remove(listener);
            if (all.Count > 0)
            {
                return;
            }
            listeners.Remove(listener.Node);
            foreach (LogSubscription told in listener.Told.Values.Where(one => one.IsFor_NeedsLock(listener.Node)))
            {
                told.Done_NeedsLock(listener.Node, $"node {listener.Node} disconnected unexpectedly");
            }
        }
    }

    /// <summary>Subscriptions that the agent was not told of, and the ends of those that it was.</summary>
    private List<SubscriptionMessage> News(LogListener listener)
    {
        lock (gate)
        {
            var news = new List<SubscriptionMessage>();
            foreach (LogSubscription one in subscriptions.Values)
            {
                if (one.IsFor_NeedsLock(listener.Node) && listener.Told.TryAdd(one.Id, one))
                {
                    news.Add(one.ToMessage(isOver: false));
                }
            }
            foreach (LogSubscription told in listener.Told.Values.Where(one => !subscriptions.ContainsKey(one.Id)))
            {
                listener.Told.Remove(told.Id);
                if (told.IsFor_NeedsLock(listener.Node))
                {
                    news.Add(told.ToMessage(isOver: true));
                }
            }
            return news;
        }
    }

    private void Wake_NeedsLock(NodeId node)
    {
        foreach (LogListener listener in listeners.GetValueOrDefault(node) ?? [])
        {
            listener.Wake.Set();
        }
    }
}
