using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;

namespace Skep.Manager.Logs;

/// <summary>What agents send.</summary>
public sealed partial class LogBroker
{
    /// <summary>The lines of one node for one subscription.</summary>
    private async Task<PublishLogsResponse> PublishAsync(
        RpcReader<PublishLogsMessage> reader, NodeId node, CancellationToken stop)
    {
        LogSubscription? subscription = null;
        var known = new HashSet<(string Task, string Service)>();
        string? problem = $"node {node} disconnected unexpectedly";
        try
        {
            while (await reader.ReadAsync(stop) is { } message)
            {
                subscription ??= Find(message.SubscriptionId, node);
                if (message.SubscriptionId != subscription.Id)
                {
                    throw SwarmRefusal.Of(
                        SwarmCode.InvalidArgument, "different subscription IDs in the same session");
                }
                if (message.Close)
                {
                    break;
                }
                CheckSender(message, node);
                DropForeign(message, subscription, node, known);
                if (message.Messages.Count > 0 && !await subscription.TryPublishAsync(message, stop))
                {
                    break; // Nobody reads any more; the agent is told so where it listens.
                }
            }
            problem = null;
            return new();
        }
        catch (RefusedException refusal)
        {
            problem = SwarmRefusal.Parts(refusal).Description;
            throw;
        }
        finally
        {
            Finish(subscription, node, problem);
        }
    }

    private LogSubscription Find(string id, NodeId node)
    {
        if (id.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "missing subscription ID");
        }
        lock (gate)
        {
            // A node that was not asked has no business with it.
            return subscriptions.TryGetValue(id, out LogSubscription? found) && found.IsFor_NeedsLock(node)
                ? found
                : throw SwarmRefusal.Of(SwarmCode.NotFound, "unknown subscription ID");
        }
    }

    /// <summary>A node shall not put words in another's mouth.</summary>
    private static void CheckSender(PublishLogsMessage message, NodeId node)
    {
        foreach (LogMessage line in message.Messages)
        {
            string sender = line.Context?.NodeId ?? "";
            if (sender != node.Value)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.PermissionDenied, $"invalid NodeID: expected={node};received={sender}");
            }
        }
    }

    /// <summary>Leaves out lines in the name of tasks that are not the node's, or that nobody asked for.</summary>
    /// <remarks>
    /// SwarmKit lets them pass. They are left out one by one, for a task may be removed on the way of its first lines;
    /// one that was known once may send its last lines when it is removed.
    /// </remarks>
    private void DropForeign(
        PublishLogsMessage message,
        LogSubscription subscription,
        NodeId node,
        HashSet<(string Task, string Service)> known)
    {
        StoreSnapshot? now = null;
        LogMessage[] own = [.. message.Messages.Where(IsOwn)];
        int dropped = message.Messages.Count - own.Length;
        if (dropped == 0)
        {
            return;
        }
        Claims.LinesDropped(dropped);
        LogMessage first = message.Messages.First(line => !own.Contains(line));
        Log.Warn(
            "log lines of a node were left out: their task is not its own, or was not asked for",
            ("node.id", node), ("lines", dropped), ("task.id", first.Context.TaskId));
        message.Messages.Clear();
        message.Messages.AddRange(own);

        bool IsOwn(LogMessage line)
        {
            (string Task, string Service) sender = (line.Context.TaskId, line.Context.ServiceId);
            if (known.Contains(sender))
            {
                return true;
            }
            now ??= feed.Watch().Start;
            if (now.Tasks.Get(new(sender.Task)) is not { } task || task.NodeId != node
                || task.ServiceId.Value != sender.Service || !subscription.Asks(task))
            {
                return false;
            }
            if (known.Count >= LogLimits.KnownTasks)
            {
                known.Clear();
            }
            return known.Add(sender);
        }
    }

    private void Finish(LogSubscription? subscription, NodeId node, string? problem)
    {
        if (subscription is null)
        {
            return;
        }
        lock (gate)
        {
            subscription.Done_NeedsLock(node, problem);
        }
    }
}
