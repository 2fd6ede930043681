using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Nodes;

/// <summary>
/// What is to be done to the quorum, by its leader. One at a time: then everything is looked at again.
/// </summary>
public abstract record QuorumStep;

/// <summary>Leadership goes to another manager, because this one shall be none.</summary>
public sealed record HandOver : QuorumStep;

/// <summary>A manager leaves the quorum.</summary>
/// <param name="RaftId">Its number; it is never used again.</param>
/// <param name="Node">Whose it was.</param>
public sealed record RemoveMember(ulong RaftId, NodeId Node) : QuorumStep;

/// <summary>What is to be done about roles.</summary>
/// <param name="Plan">Changes to the store, possible at once.</param>
/// <param name="Step">A change of the quorum; null when none is due.</param>
public sealed record RolePlan(Plan Plan, QuorumStep? Step);

/// <summary>Brings the roles of nodes and the members of the quorum in line with what users asked for.</summary>
/// <remarks>
/// <para>
/// A node has three things that must agree: the role its user asked for, the role the authority certifies, and its
/// place in the quorum. They cannot change together, and a leader may die between any two. So nothing is remembered:
/// each look takes the next step of an order in which every state in between is safe.
/// </para>
/// <para>
/// Up: the certified role first, then the node fetches a new certificate and joins the quorum by itself. Down: out of
/// the quorum first, and only then the certified role, for a voter without the right to speak would be a member that
/// never answers. A leader that is to go hands over first; the next leader goes on from there. A member whose node
/// was removed goes as well.
/// </para>
/// <para>
/// A demotion that would leave nobody is refused when it is asked for. But managers may also leave, be lost, or be
/// given up by --force-new-cluster after it was granted. Whoever is the only one left then stays a manager, and the
/// wish is taken back: it would wait for ever, or come true on the day on which another manager is made, when nobody
/// thinks of it any more.
/// </para>
/// </remarks>
public static class RoleReconcile
{
    /// <summary>When to look again at what could not be done; SwarmKit's interval (manager/role_manager.go).</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public static RolePlan Decide(StoreSnapshot cluster, Quorum quorum, DateTimeOffset now)
    {
        if (quorum.Members is [{ } last] && cluster.Nodes.Get(last.Node) is { Spec.DesiredRole: NodeRole.Worker } kept)
        {
            NodeSpec stays = kept.Spec with { DesiredRole = NodeRole.Manager };
            return new(new([Change.Update(kept with { Spec = stays })], null), null);
        }
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (Node node in cluster.Nodes.All.Where(node => node.Role != node.Spec.DesiredRole))
        {
            bool isPromotion = node.Spec.DesiredRole == NodeRole.Manager;
            if (isPromotion || quorum.Of(node.Id) is null)
            {
                changes.Add(Change.Update(node with { Role = node.Spec.DesiredRole }));
            }
        }
        QuorumMember[] leaving = [.. quorum.Members
            .Where(member => MustLeave(cluster.Nodes.Get(member.Node)))
            // Handing over ends this leader's work, so it comes last.
            .OrderBy(member => member.RaftId == quorum.Self)
            .ThenBy(member => member.Node.Value, StringComparer.Ordinal)];
        QuorumMember? next = leaving.FirstOrDefault(member => quorum.CanRemove(member.RaftId));
        QuorumStep? step = next switch
        {
            null => null,
            _ when next.RaftId == quorum.Self => new HandOver(),
            _ => new RemoveMember(next.RaftId, next.Node),
        };
        // Whether a member can be removed depends on who can be reached, which the store does not tell of.
        DateTimeOffset? wakeAt = leaving.Length > 0 ? now + RetryAfter : null;
        return new(new(changes.ToImmutable(), wakeAt), step);
    }

    private static bool MustLeave(Node? node) => node is null || node.Spec.DesiredRole == NodeRole.Worker;
}
