using Skep.Swarm.Clusters;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Nodes;

/// <summary>What users may do to nodes, with SwarmKit's checks and words.</summary>
public static class NodeChanges
{
    /// <summary>Changes role, availability, labels and name as the user asks.</summary>
    /// <remarks>A new role is only a wish here: the role reconciliation makes it true, or takes its time.</remarks>
    public static Node Update(
        Transaction store, NodeId id, ObjectVersion version, NodeSpec spec, Quorum quorum)
    {
        Node node = Require(store, id);
        if (node.Spec.DesiredRole == NodeRole.Manager && spec.DesiredRole == NodeRole.Worker)
        {
            CheckDemotion(store, node, quorum);
        }
        if (spec.Annotations.Labels != node.Spec.Annotations.Labels)
        {
            string name = node.Description?.Hostname is { Length: > 0 } hostname ? hostname : id.Value;
            TrafficLabels.CheckNode(name, spec.Annotations.Labels);
        }
        return store.Update(node with { Meta = node.Meta with { Version = version }, Spec = spec });
    }

    /// <summary>Takes a node out of the swarm, its certificate and its tasks with it, in one transaction.</summary>
    /// <remarks>
    /// Nobody would report on its tasks any more, so that what they use would stay in use for ever. The caller first
    /// ends them piece by piece with <see cref="OrphanSome"/> when they are too many for one transaction.
    /// </remarks>
    /// <param name="force">Also when the node is up.</param>
    public static void Remove(Transaction store, NodeId id, bool force, Quorum quorum)
    {
        Node node = Require(store, id);
        CheckRemoval(node, force, quorum);
        Cluster cluster = store.Cluster
            ?? throw SwarmRefusal.Of(SwarmCode.Internal, "could not fetch cluster object");
        store.Update(ClusterChanges.Expel(cluster, node, store.Now));
        OrphanSome(store, id, int.MaxValue);
        store.Delete(node);
    }

    public static void CheckRemoval(Node node, bool force, Quorum quorum)
    {
        if (node.Spec.DesiredRole == NodeRole.Manager && quorum.Of(node.Id) is not null)
        {
            throw SwarmRefusal.Of(
                SwarmCode.FailedPrecondition,
                $"node {node.Id} is a cluster manager and is a member of the raft cluster. "
                + "It must be demoted to worker before removal");
        }
        if (!force && node.Status.State == NodeState.Ready)
        {
            throw SwarmRefusal.Of(
                SwarmCode.FailedPrecondition, $"node {node.Id} is not down and can't be removed");
        }
    }

    /// <summary>Ends tasks of a node that will never report again.</summary>
    /// <returns>How many were ended; fewer than asked for when no more are left.</returns>
    public static int OrphanSome(Transaction store, NodeId id, int countMax)
    {
        int count = 0;
        foreach (SwarmTask task in store.TasksOn(id).Where(task => task.Status.State < TaskState.Complete))
        {
            if (count == countMax)
            {
                break;
            }
            store.Update(task with
            {
                Status = new SwarmTaskStatus
                {
                    Timestamp = SwarmTime.From(store.Now),
                    State = TaskState.Orphaned,
                    Message = "Task belonged to a node that has been deleted",
                },
            });
            count++;
        }
        return count;
    }

    public static Node Require(StoreReader store, NodeId id)
    {
        if (id.IsEmpty)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        return store.Nodes.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"node {id} not found");
    }

    private static void CheckDemotion(Transaction store, Node node, Quorum quorum)
    {
        // A manager whose demotion was asked for still has the role: two demotions at once must not end at none.
        bool isLast = !store.NodesWithRole(NodeRole.Manager).Any(
            other => other.Id != node.Id && other.Spec.DesiredRole == NodeRole.Manager);
        if (isLast)
        {
            throw SwarmRefusal.Of(
                SwarmCode.FailedPrecondition, "attempting to demote the last manager of the swarm");
        }
        QuorumMember member = quorum.Of(node.Id)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, "can't find manager in raft memberlist");

        // SwarmKit counts those that shall go as well, for as long as they have not gone. Then the wish of whoever is
        // left over in the end cannot come true, and nobody is told.
        bool isLost = !quorum.CanDecide(one =>
            one != member && store.Nodes.Get(one.Node)?.Spec.DesiredRole == NodeRole.Manager);
        if (isLost)
        {
            throw SwarmRefusal.Of(
                SwarmCode.FailedPrecondition,
                "can't remove member from the raft: this would result in a loss of quorum");
        }
    }
}
