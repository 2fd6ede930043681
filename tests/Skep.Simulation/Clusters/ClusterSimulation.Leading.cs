using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Quorum = Skep.Swarm.Nodes.Quorum;

namespace Skep.Simulation.Clusters;

// The leader's decisions: the operator wishes for roles, and the quorum follows wherever leaders stop. In every fourth
// run, so that the others stay what they were.
public sealed partial class ClusterSimulation
{
    private bool HasLeaderLoop => Seed % 4 == 0;

    private void PlanLeading()
    {
        if (HasLeaderLoop)
        {
            Time.After(Options.Tick * 5, Lead);
        }
    }

    private void Lead()
    {
        foreach (SimulatedManager leader in managers.Values.Where(static manager => manager.Leads).ToArray())
        {
            Look(leader);
        }

        Time.After(Options.Tick * 5, Lead);
    }

    private void Look(SimulatedManager leader)
    {
        StoreSnapshot newest = leader.Driver!.Store.Newest;
        Quorum quorum = QuorumOf(leader);
        ImmutableArray<Change> unknown =
        [
            .. quorum.Members.Where(member => newest.Nodes.Get(member.Node) is null)
                .Select(static member => Swarm.Decisions.Change.Create(NewNode(member.Node))),
        ];
        RolePlan plan = unknown.IsEmpty
            ? RoleReconcile.Decide(newest, quorum, DateTimeOffset.UnixEpoch)
            : new RolePlan(new Plan(unknown, null), null);
        if (!plan.Plan.Changes.IsEmpty)
        {
            Try(leader, transaction =>
            {
                foreach (Change change in plan.Plan.Changes)
                {
                    change.TryMake(transaction);
                }
            });
        }

        switch (changes.Count == 0 ? plan.Step : null)
        {
            case HandOver:
                leader.Request(new PendingTransfer(0));
                break;
            case RemoveMember removal:
                Change(leader, ConfChangeKind.RemoveNode, removal.RaftId);
                break;
        }
    }

    /// <summary>The operator asks for a manager to become a worker; the swarm may refuse.</summary>
    private void Demote(SimulatedManager leader)
    {
        Quorum quorum = QuorumOf(leader);
        NodeId id = quorum.Members[Random.Next(quorum.Members.Length)].Node;
        if (changes.Count == 0 && leader.Driver!.Store.Newest.Nodes.Get(id) is { } node)
        {
            NodeSpec wish = node.Spec with { DesiredRole = NodeRole.Worker };
            Try(leader, transaction => NodeChanges.Update(transaction, id, node.Meta.Version, wish, quorum));
        }
    }

    private bool HasSettledRoles(SimulatedManager leader)
    {
        if (!HasLeaderLoop)
        {
            return true;
        }

        RolePlan plan = RoleReconcile.Decide(
            leader.Driver!.Store.Committed, QuorumOf(leader), DateTimeOffset.UnixEpoch);
        return plan.Plan.Changes.IsEmpty && plan.Step is null && plan.Plan.WakeAt is null;
    }

    private static void Try(SimulatedManager leader, Action<Transaction> change)
    {
        try
        {
            leader.Driver!.Store.Start(transaction =>
            {
                change(transaction);
                return true;
            });
            leader.PlanStep();
        }
        catch (RefusedException refusal)
        {
            // It leads no more, its disk is full, or the swarm does not let the operator do it. The next look tells.
            _ = refusal;
        }
    }

    private Quorum QuorumOf(SimulatedManager leader) => new(
        [
            .. leader.Driver!.Members.Members.Values.Select(member => new QuorumMember(
                member.RaftId,
                member.Node,
                member.Address,
                leader.Driver.Members.Configuration.Voters.Contains(member.RaftId),
                CanReach(leader, member.RaftId) ? Reachability.Reachable : Reachability.Unreachable)),
        ],
        leader.Id,
        leader.Id);

    private bool CanReach(SimulatedManager leader, ulong id) => id == leader.Id
        || (managers.TryGetValue(id, out SimulatedManager? other) && other.IsUp
            && Network.IsOpen(leader.Id, id) && Network.IsOpen(id, leader.Id));

    private static Node NewNode(NodeId id) => new()
    {
        Id = id,
        Role = NodeRole.Manager,
        Spec = new NodeSpec { DesiredRole = NodeRole.Manager, Membership = NodeMembership.Accepted },
    };
}
