using System.Runtime.CompilerServices;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using NodeState = Skep.Swarm.Objects.NodeState;
using StoreActionKind = Skep.Swarm.Store.StoreActionKind;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Manager.Logs;

/// <summary>Who reads logs.</summary>
public sealed partial class LogBroker
{
    /// <summary>The lines that are wanted, some at a time, until there are no more or the reader has enough.</summary>
    /// <exception cref="RefusedException">After the last line: why lines are missing.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LogMessage>> ReadAsync(
        LogSelector? selector, LogSubscriptionOptions? options, [EnumeratorCancellation] CancellationToken stop)
    {
        StoreWatch watch = feed.Watch();
        LogSubscription subscription = Register(Check(selector), options ?? new(), watch.Start);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task keeping = KeepAsync(subscription, watch, over.Token);
        try
        {
            await foreach (PublishLogsMessage message in subscription.Lines.ReadAllAsync(stop))
            {
                yield return message.Messages;
            }
        }
        finally
        {
            Unregister(subscription);
            await over.CancelAsync();
            await keeping;
        }
        if (Problem(subscription) is { } problem)
        {
            throw problem;
        }
    }

    private async Task SubscribeAsync(
        SubscribeLogsRequest request, RpcWriter<SubscribeLogsMessage> writer, CancellationToken stop)
    {
        await foreach (IReadOnlyList<LogMessage> lines in ReadAsync(request.Selector, request.Options, stop))
        {
            await writer.WriteAsync(new SubscribeLogsMessage { Messages = { lines } }, stop);
        }
    }

    private static LogSelector Check(LogSelector? selector)
    {
        if (selector is null)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "log selector must be provided");
        }
        return selector.ServiceIds.Count + selector.NodeIds.Count + selector.TaskIds.Count == 0
            ? throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "log selector must not be empty")
            : selector;
    }

    private LogSubscription Register(LogSelector selector, LogSubscriptionOptions options, StoreSnapshot now)
    {
        if (!status.Value.Leadership.IsLeader)
        {
            throw Refusals.NotLeader();
        }
        var subscription = new LogSubscription(ids.NewObjectId(), selector, options);
        lock (gate)
        {
            if (subscriptions.Count >= LogLimits.Subscriptions)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.ResourceExhausted, $"{subscriptions.Count} others read logs already; try again later");
            }
            subscription.Match_NeedsLock(now);
            subscriptions.Add(subscription.Id, subscription);
            foreach (NodeId node in subscription.Nodes_NeedsLock)
            {
                Wake_NeedsLock(node);
            }
            DropAbsent_NeedsLock(subscription, node => now.Nodes.Get(node)?.Status.State != NodeState.Ready);
            subscription.EndIfComplete_NeedsLock();
            return subscription;
        }
    }

    private void Unregister(LogSubscription subscription)
    {
        subscription.Close();
        lock (gate)
        {
            subscriptions.Remove(subscription.Id);
            foreach (NodeId node in subscription.Nodes_NeedsLock)
            {
                Wake_NeedsLock(node);
            }
        }
    }

    private RefusedException? Problem(LogSubscription subscription)
    {
        lock (gate)
        {
            return subscription.Failure ?? subscription.Warning_NeedsLock();
        }
    }

    /// <summary>A node that does not listen sends nothing.</summary>
    private void DropAbsent_NeedsLock(LogSubscription subscription, Func<NodeId, bool> isGivenUp)
    {
        NodeId[] absent = [.. subscription.Nodes_NeedsLock.Where(
            node => !listeners.ContainsKey(node) && isGivenUp(node))];
        foreach (NodeId node in absent)
        {
            subscription.Done_NeedsLock(node, $"node {node} is not available");
        }
    }

    /// <summary>Adds nodes that new tasks come to, gives up those that stay away, and ends with leadership.</summary>
    private async Task KeepAsync(LogSubscription subscription, StoreWatch watch, CancellationToken stop)
    {
        try
        {
            Task lost = status.WaitAsync(static now => !now.Leadership.IsLeader, stop);
            Task keeping = subscription.IsFollowing
                ? FollowAsync(subscription, watch, stop)
                : GiveUpAsync(subscription, stop);
            if (await Task.WhenAny(lost, keeping) == keeping)
            {
                await keeping;
            }
            await lost;
            subscription.Fail(Refusals.NotLeader());
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader has gone, or has everything.
        }
    }

    private async Task GiveUpAsync(LogSubscription subscription, CancellationToken stop)
    {
        await Task.Delay(LogLimits.ListenerPatience, time, stop);
        lock (gate)
        {
            DropAbsent_NeedsLock(subscription, static _ => true);
        }
    }

    private async Task FollowAsync(LogSubscription subscription, StoreWatch watch, CancellationToken stop)
    {
        while (true)
        {
            WatchStep step = await watch.NextAsync(stop);
            lock (gate)
            {
                if (step.MustResync)
                {
                    subscription.Match_NeedsLock(step.Now);
                    foreach (NodeId node in subscription.Nodes_NeedsLock)
                    {
                        Wake_NeedsLock(node);
                    }
                }
                foreach (StoreChange change in step.Commits.SelectMany(static commit => commit.Changes))
                {
                    if (change is { Kind: not StoreActionKind.Remove, Object: SwarmTask task }
                        && subscription.IsAbout(task) && subscription.Add_NeedsLock(task))
                    {
                        Wake_NeedsLock(task.NodeId);
                    }
                }
            }
        }
    }
}
