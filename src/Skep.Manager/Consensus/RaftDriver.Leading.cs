using System.Collections.Immutable;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Store;

namespace Skep.Manager.Consensus;

// Leading: when writes are taken, when they are given up, and who leads next.
public sealed partial class RaftDriver
{
    private ImmutableHashSet<ulong> dockerPeers = [];
    private readonly List<PendingTransfer> transfers = [];
    private int electionTicks = Limits.FastElectionTicks;

    /// <summary>Between two ticks, as the members want it now.</summary>
    public TimeSpan TickPeriod { get; private set; } = Limits.FastTick;

    /// <summary>
    /// Writes are taken once an entry of our own term is applied: then everything that earlier leaders committed is
    /// applied too, and a transaction sees it.
    /// </summary>
    private void Lead()
    {
        bool leads = role.Role == RaftRole.Leader && appliedTerm == role.Term && unsaved is null;
        if (leadingTerm != 0 && (!leads || leadingTerm != role.Term))
        {
            StopLeading();
        }

        if (leads && Store.Chain is null)
        {
            leadingTerm = role.Term;
            BeginChain();
        }

        if (role.Leader != 0 && role.Leader != RaftId && transfers.Count > 0)
        {
            transfers.ForEach(transfer => transfer.Complete(role.Leader));
            transfers.Clear();
        }
    }

    private ulong leadingTerm;

    /// <summary>Later writes are built on the last one that the core has accepted.</summary>
    private void BeginChain()
    {
        StoreSnapshot newest = writes.Count > 0 ? writes.Last().After : Store.Committed;
        Store.Lead(new ProposalChain(role.Term, newest, core.Status.LastIndex + 1));
    }

    private void StopLeading()
    {
        leadingTerm = 0;
        Store.Abandon();
        while (writes.TryDequeue(out PendingWrite? write))
        {
            write.Refuse(Refusals.LeadershipLost());
        }

        RefuseGathered(Refusals.NotLeader);
        GiveUpChanges(Refusals.LeadershipLost, Refusals.NotLeader);
    }

    private void Take(PendingTransfer transfer)
    {
        ulong to = transfer.To != 0 ? transfer.To : NextLeader() ?? 0;
        if (role.Role != RaftRole.Leader)
        {
            transfer.Refuse(Refusals.NotLeader());
        }
        else if (to == 0 || !core.TransferLeadership(to))
        {
            transfer.Refuse(new RefusedException(
                ErrorKind.Unavailable, "raft: failed to get longest-active member: no other manager can be reached"));
        }
        else
        {
            transfers.Add(transfer);
        }
    }

    /// <summary>The voter that is furthest among those that were heard of lately; null when there is none.</summary>
    private ulong? NextLeader()
    {
        FollowerStatus? best = null;
        foreach (FollowerStatus follower in core.Status.Followers)
        {
            bool canLead = follower.Id != RaftId && !follower.IsLearner
                && (follower.IsRecentlyActive || links.IsActive(follower.Id));
            if (canLead && (best is null || follower.Match > best.Match))
            {
                best = follower;
            }
        }

        return best?.Id;
    }

    private void LeaveWedgedStore()
    {
        if (role.Role == RaftRole.Leader && NextLeader() is { } next)
        {
            log.Error("A transaction does not end: leadership goes to another manager", ("to", $"{next:x}"));
            core.TransferLeadership(next);
        }
    }

    private void Take(PeerEngineFound found)
    {
        dockerPeers = found.IsDocker ? dockerPeers.Add(found.Peer) : dockerPeers.Remove(found.Peer);
        PaceFor(members);
    }

    /// <summary>Fast among ourselves; SwarmKit's pace and features when a Docker manager is in the quorum.</summary>
    private void PaceFor(MemberList list)
    {
        bool hasDocker = list.Members.Keys.Any(dockerPeers.Contains);
        TimeSpan period = hasDocker ? Limits.SlowTick : Limits.FastTick;
        if (period == TickPeriod)
        {
            return;
        }

        TickPeriod = period;
        electionTicks = hasDocker ? Limits.SlowElectionTicks : Limits.FastElectionTicks;
        core.SetTicks(electionTicks, Limits.HeartbeatTicks);
        core.SetPreVote(!hasDocker);
        log.Info(
            hasDocker ? "A Docker manager is in the quorum: keeping its pace" : "Every manager is Skep: fast elections",
            ("tick", period));
    }

    private bool IsQuorumLost => ticksWithoutLeader
        > (electionTicks == Limits.FastElectionTicks ? Limits.FastLostQuorumTicks : Limits.SlowLostQuorumTicks);

    private void Publish() => status.Set(NewStatus());

    private DriverStatus NewStatus() => new(
        RaftId,
        role.Role,
        new Leadership(role.Term, leadingTerm != 0, role.Leader),
        members,
        dockerPeers,
        IsQuorumLost,
        unsaved is not null || Store.TakesRemovalsOnly ? Refusals.DiskFullText : null,
        members.Members.ContainsKey(stranger) ? 0 : stranger);
}
