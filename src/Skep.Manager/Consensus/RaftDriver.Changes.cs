using Skep.Raft;
using Skep.Swarm;

namespace Skep.Manager.Consensus;

// Changes of the members: one at a time, the next waits (checklist 30).
public sealed partial class RaftDriver
{
    private readonly List<PendingChange> waitingChanges = [];
    private readonly List<PendingChange> appendedChanges = [];

    /// <summary>Set when our own removal was applied: how long we still answer.</summary>
    private int? ticksUntilGone;

    /// <summary>
    /// The others may not know yet that they need us no more: of two voters the last one may have crashed before it
    /// heard that our removal is committed, and then waits for our vote. So we answer until one of them says that we
    /// are gone, and ask for that now and then: whoever has removed us refuses whatever we send.
    /// </summary>
    private void TickGoodbye()
    {
        if (ticksUntilGone is not { } left)
        {
            return;
        }

        ticksUntilGone = left - 1;
        if (left <= 0)
        {
            removed.TrySetResult();
        }
        else if (left % electionTicks == 0)
        {
            foreach (ulong peer in members.Members.Keys)
            {
                links.Send(new Message
                {
                    Kind = MessageKind.HeartbeatResponse,
                    From = RaftId,
                    To = peer,
                    Term = core.Status.Term,
                });
            }
        }
    }

    private void Take(PendingChange change)
    {
        if (role.Role != RaftRole.Leader)
        {
            change.Refuse(Refusals.NotLeader());
            return;
        }

        if (members.Refuses(change.Change))
        {
            change.Refuse(new RefusedException(
                ErrorKind.Conflict, "membership: node was removed during cluster lifetime"));
            return;
        }

        waitingChanges.Add(change);
        ProposeChanges();
    }

    private void ProposeChanges()
    {
        while (waitingChanges.Count > 0)
        {
            PendingChange change = waitingChanges[0];
            if (core.ProposeConfChange(change.Change) is not ProposeResult.Accepted accepted)
            {
                return;
            }

            waitingChanges.RemoveAt(0);
            change.Index = accepted.Index;
            change.Term = accepted.Term;
            appendedChanges.Add(change);
            if (Store.Chain is not null)
            {
                // It took the place that the next write was promised; writes that wait already are made again.
                BeginChain();
            }
        }
    }

    private void CompleteChange(Entry entry)
    {
        for (int index = appendedChanges.Count - 1; index >= 0; index--)
        {
            PendingChange change = appendedChanges[index];
            if (change.Index == entry.Index)
            {
                appendedChanges.RemoveAt(index);
                if (change.Term == entry.Term)
                {
                    change.Complete(members);
                }
                else
                {
                    change.Refuse(Refusals.LeadershipLost());
                }
            }
        }
    }

    private void TickChanges()
    {
        int limit = electionTicks * Limits.RequestElections;
        EndOverdue(waitingChanges, limit, () => Refusals.TimedOut("the change of the managers"));
        EndOverdue(appendedChanges, limit, Refusals.LeadershipLost);
        EndOverdue(transfers, limit, () => Refusals.TimedOut("the transfer of leadership"));
        ProposeChanges();
    }

    private static void EndOverdue<T>(List<T> requests, int limit, Func<RefusedException> reason)
        where T : PendingRequest
    {
        for (int index = requests.Count - 1; index >= 0; index--)
        {
            if (++requests[index].Ticks >= limit)
            {
                requests[index].Refuse(reason());
                requests.RemoveAt(index);
            }
        }
    }

    private void GiveUpChanges(Func<RefusedException> forAppended, Func<RefusedException> forWaiting)
    {
        appendedChanges.ForEach(change => change.Refuse(forAppended()));
        appendedChanges.Clear();
        waitingChanges.ForEach(change => change.Refuse(forWaiting()));
        waitingChanges.Clear();
    }

    /// <summary>
    /// A learner that has caught up becomes a voter; the leader alone knows how far it is (checklist 33).
    /// </summary>
    private void PromoteLearners()
    {
        if (leadingTerm == 0 || members.Configuration.Learners.IsEmpty || appendedChanges.Count > 0)
        {
            return;
        }

        RaftStatus now = core.Status;
        foreach (FollowerStatus follower in now.Followers)
        {
            // One that has not answered yet counts as active for a while; as a voter it would only be waited for.
            bool hasCaughtUp = follower.IsLearner && follower.IsRecentlyActive && follower.Match > 0
                && follower.Match + Limits.LearnerLagEntries >= now.Commit;
            if (hasCaughtUp && members.Members.TryGetValue(follower.Id, out Member? member))
            {
                Take(new PendingChange(new ConfChange(
                    0, ConfChangeKind.AddNode, follower.Id, MemberWire.Write(member))));
                return;
            }
        }
    }
}
