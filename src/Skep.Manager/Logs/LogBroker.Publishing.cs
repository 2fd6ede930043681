using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Logs;

/// <summary>What agents send.</summary>
public sealed partial class LogBroker
{
    /// <summary>The lines of one node for one subscription.</summary>
    private async Task<PublishLogsResponse> PublishAsync(
        RpcReader<PublishLogsMessage> reader, NodeId node, CancellationToken stop)
    {
        LogSubscription? subscription = null;
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
                if (!await subscription.TryPublishAsync(message, stop))
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
