using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Logging;

/// <summary>One line for the leader's log about something that was decided.</summary>
public sealed record NewsLine(Severity Severity, string Message, params (string Key, object? Value)[] Facts)
{
    public void WriteTo(Log log)
    {
        switch (Severity)
        {
            case Severity.Warn:
                log.Warn(Message, Facts);
                break;
            default:
                log.Info(Message, Facts);
                break;
        }
    }
}

/// <summary>
/// Tells the changes of the store that an operator wants to read about later: nodes that come and go, services that
/// are made, updated and rolled back, tasks that move, fail or find no place.
/// </summary>
/// <remarks>
/// Pure. What is told was committed, whoever decided it, and the leader alone tells it: one line in the whole swarm.
/// Specs are never told, for they may hold what is nobody's business.
/// </remarks>
public static partial class StoreNews
{
    /// <param name="change">A change that was committed.</param>
    /// <param name="now">The store after it.</param>
    /// <returns>Null: nothing that is worth a line.</returns>
    public static NewsLine? Of(StoreChange change, StoreReader now) =>
        (change.Kind, change.Object, change.Previous) switch
        {
            (StoreActionKind.Create, Service service, _) => Info("a service was created", service),
            (StoreActionKind.Remove, Service service, _) => Info("a service was removed", service),
            (StoreActionKind.Update, Service service, Service before) => OfUpdate(service, before),
            (StoreActionKind.Remove, Node node, _) => Info("a node was removed", node),
            (_, Node node, var before) => OfNode(node, before as Node),
            (StoreActionKind.Create or StoreActionKind.Update, SwarmTask task, var before) =>
                OfTask(task, before as SwarmTask, now),
            (StoreActionKind.Update, Cluster cluster, Cluster before) => OfCluster(cluster, before),
            _ => null,
        };

    private static NewsLine? OfNode(Node node, Node? before)
    {
        (NodeStatus was, NodeStatus stands) = (before?.Status ?? NodeStatus.Empty, node.Status);
        if (was.State != stands.State)
        {
            return stands.State switch
            {
                // After a change of leaders every node is unknown for a moment: that is no news of the node.
                NodeState.Ready when was.State == NodeState.Unknown && was.Message.Length > 0 => null,
                NodeState.Ready => Info("a node is up", node, ("address", stands.Addr)),
                NodeState.Down => Warn("a node is down", node, ("reason", stands.Message)),
                NodeState.Disconnected => Warn("a node is unreachable", node, ("reason", stands.Message)),
                _ => null,
            };
        }

        if (before is null)
        {
            return null;
        }

        if (before.Role != node.Role)
        {
            return Info("a node has another role", node, ("role", Word(node.Role)));
        }

        if (node.Role == NodeRole.Manager && before.Spec.DesiredRole != node.Spec.DesiredRole)
        {
            return node.Spec.DesiredRole == NodeRole.Manager
                ? Info("a manager stays one: its demotion was taken back", node)
                : Info("a manager is to be a worker", node);
        }

        return before.Spec.Availability != node.Spec.Availability
            ? Info("a node has another availability", node, ("availability", Word(node.Spec.Availability)))
            : null;
    }

    private static NewsLine? OfUpdate(Service service, Service before)
    {
        UpdateState? was = before.UpdateStatus?.State;
        if (service.UpdateStatus is { } status && status.State != was)
        {
            return status.State switch
            {
                UpdateState.Updating => Info("an update began", service),
                UpdateState.Completed => Info("an update is complete", service),
                UpdateState.Paused => Warn("an update is paused", service, ("reason", status.Message)),
                UpdateState.RollbackStarted => Warn("an update is rolled back", service, ("reason", status.Message)),
                UpdateState.RollbackPaused => Warn("a rollback is paused", service, ("reason", status.Message)),
                UpdateState.RollbackCompleted => Info("a rollback is complete", service),
                _ => null,
            };
        }

        return (before.Spec.Mode, service.Spec.Mode) is (ReplicatedService had, ReplicatedService has) && had != has
            ? Info("a service was scaled", service, ("from", had.Replicas), ("to", has.Replicas))
            : null;
    }

    private static NewsLine? OfCluster(Cluster cluster, Cluster before)
    {
        if (before.RootCA.RootRotation is not null && cluster.RootCA.RootRotation is null)
        {
            return new NewsLine(
                Severity.Info,
                before.RootCA.CACert == cluster.RootCA.CACert
                    ? "the change of the root CA was given up"
                    : "the change of the root CA is complete");
        }

        return before.RootCA.JoinTokens != cluster.RootCA.JoinTokens
            ? new NewsLine(Severity.Info, "there are new join tokens")
            : null;
    }

    private static NewsLine Info(string message, StoreObject about, params (string, object?)[] facts) =>
        new(Severity.Info, message, [.. Names(about), .. facts]);

    private static NewsLine Warn(string message, StoreObject about, params (string, object?)[] facts) =>
        new(Severity.Warn, message, [.. Names(about), .. facts]);

    private static (string, object?)[] Names(StoreObject about) => about switch
    {
        Node node => [("node", NameOf(node)), ("node.id", node.Id)],
        _ => [("service", about.Naming.Name), ("service.id", about.RawId)],
    };

    private static string NameOf(Node? node) => node?.Description?.Hostname is { Length: > 0 } name
        ? name
        : node?.Id.Value ?? "";

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
