using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Nodes;

/// <summary>Nodes and a quorum that users, faults and leaders change in an order drawn from a seed.</summary>
internal sealed class RoleSwarm
{
    private const int NodeCount = 6;

    private readonly Random random;
    private readonly HashSet<string> down = [];
    private readonly Dictionary<string, ulong> members = new() { ["n0"] = 1 };
    private StoreSnapshot store;
    private string leader = "n0";
    private ulong lastRaftId = 1;

    public RoleSwarm(int seed)
    {
        random = new(seed);
        store = Stores.With(Enumerable.Range(0, NodeCount)
            .Select(index => index == 0 ? Stores.Manager("n0") : Stores.Worker($"n{index}")));
    }

    public bool IsSettled => store.Nodes.All.All(node =>
        node.Role == node.Spec.DesiredRole && members.ContainsKey(node.Id.Value) == (node.Role == NodeRole.Manager))
        && members.Keys.All(id => store.Nodes.Get(new(id)) is not null);

    public void Disturb()
    {
        string id = $"n{random.Next(NodeCount)}";
        switch (random.Next(9))
        {
            case 0:
                UserAsks(id, NodeRole.Manager);
                break;
            case 1:
                UserAsks(id, NodeRole.Worker);
                break;
            case 2:
                Toggle(id);
                break;
            case 3:
                // Elections go to a member that is up, if a majority is.
                leader = Up().Where(members.ContainsKey).DefaultIfEmpty(leader).First();
                break;
            case 4:
                NodesAct();
                break;
            case 5:
                Leaves(id);
                break;
            default:
                LeaderLooks(isStopped: random.Next(3) == 0);
                break;
        }
    }

    /// <param name="isStopped">The leader stops between two of the things it wants to do.</param>
    public void LeaderLooks(bool isStopped)
    {
        bool canLead = members.ContainsKey(leader) && !down.Contains(leader);
        if (!canLead || Up().Count(members.ContainsKey) * 2 <= members.Count)
        {
            return;
        }
        RolePlan plan = RoleReconcile.Decide(store, Look(), Stores.Now);
        foreach (Change change in plan.Plan.Changes)
        {
            if (isStopped && random.Next(2) == 0)
            {
                return;
            }
            store = store.Change(transaction => Assert.True(change.TryMake(transaction)));
        }
        switch (isStopped ? null : plan.Step)
        {
            case HandOver:
                leader = Up().First(id => members.ContainsKey(id) && id != leader);
                break;
            case RemoveMember removal:
                Assert.True(Look().CanRemove(removal.RaftId));
                members.Remove(removal.Node.Value);
                break;
        }
    }

    /// <summary>A node that is certified as a manager joins the quorum, unless it is to be a worker.</summary>
    public void NodesAct()
    {
        foreach (Node node in store.Nodes.All)
        {
            bool mayJoin = node is { Role: NodeRole.Manager, Spec.DesiredRole: NodeRole.Manager };
            if (mayJoin && !members.ContainsKey(node.Id.Value) && !down.Contains(node.Id.Value))
            {
                members[node.Id.Value] = ++lastRaftId;
            }
        }
    }

    public void Heal() => down.Clear();

    public void Check()
    {
        Assert.NotEmpty(members);
        foreach (string id in members.Keys)
        {
            // A voter that the authority would not certify could never answer again.
            Assert.Equal(NodeRole.Manager, store.Nodes.Get(new(id))!.Role);
        }
    }

    public override string ToString() => $"members {string.Join(" ", members.Keys)}; leader {leader}; nodes "
        + string.Join(" ", store.Nodes.All.Select(node => $"{node.Id}:{node.Role}>{node.Spec.DesiredRole}"));

    private IEnumerable<string> Up() =>
        Enumerable.Range(0, NodeCount).Select(index => $"n{index}").Where(id => !down.Contains(id));

    private void Toggle(string id)
    {
        if (!down.Remove(id))
        {
            down.Add(id);
        }
    }

    /// <summary>A manager leaves the quorum though nobody asked for it to be a worker: swarm leave --force.</summary>
    private void Leaves(string id)
    {
        if (members.TryGetValue(id, out ulong raftId) && id != leader && !down.Contains(leader)
            && members.ContainsKey(leader) && Look().CanRemove(raftId))
        {
            members.Remove(id);
            down.Add(id);
        }
    }

    private void UserAsks(string id, NodeRole role)
    {
        Node node = store.Nodes.Get(new(id))!;
        try
        {
            store = store.Change(change => NodeChanges.Update(
                change, node.Id, node.Meta.Version, node.Spec with { DesiredRole = role }, Look()));
        }
        catch (RefusedException refusal)
        {
            Assert.Contains("rpc error", refusal.Message);
        }
    }

    private Quorum Look() => new(
        [.. members.Select(member => new QuorumMember(
            member.Value,
            new(member.Key),
            member.Key,
            true,
            down.Contains(member.Key) ? Reachability.Unreachable : Reachability.Reachable))],
        members.GetValueOrDefault(leader),
        members.GetValueOrDefault(leader));
}
