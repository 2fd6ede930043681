namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>No configuration change before this is applied: there may be one up to here.</summary>
    private ulong lastConfChange;

    /// <summary>Where this leader's own removal stands in the log; 0: nowhere.</summary>
    private ulong ownRemoval;

    private bool IsHandingOver => role == RaftRole.Leader && options.RemovedLeader == RemovedLeader.HandsOver
        && !members.Conf.Voters.Contains(id) && !Has(RaftMutant.RemovedLeaderCounts);

    /// <summary>Appends a change of the configuration, if none is under way (checklist 30).</summary>
    /// <remarks>
    /// A leader takes none before it has committed an entry of its own term. etcd does, which is safe there because
    /// changes take effect when they are applied; we keep both rules, as the raft thesis (4.1, 2015 bug) has it.
    /// </remarks>
    public ProposeResult ProposeConfChange(ConfChange change)
    {
        bool takesOurVote = Members.After(members.Conf, change)?.Voters.Contains(id) == false;
        ProposeResult result = ProposeConfChange(EntryKind.ConfChange, ConfChangeWire.Write(change));
        if (result is ProposeResult.Accepted accepted && takesOurVote
            && options.RemovedLeader == RemovedLeader.HandsOver)
        {
            ownRemoval = accepted.Index;
        }

        return result;
    }

    internal ProposeResult ProposeConfChange(EntryKind kind, ReadOnlyMemory<byte> data)
    {
        Invariant.Holds(kind != EntryKind.Normal);
        if (WhyNot(data.Length) is { } refusal)
        {
            return refusal;
        }

        bool isUnderWay = lastConfChange > log.Applied && !Has(RaftMutant.TwoConfChanges);
        bool isEarly = !HasCommittedInTerm && !Has(RaftMutant.EarlyConfChange);
        if (isUnderWay || isEarly)
        {
            return new ProposeResult.Dropped(DropReason.ConfChangePending);
        }

        AppendOwn(kind, data);
        lastConfChange = log.LastIndex;
        SendAppendToAll(evenIfEmpty: true);
        return new ProposeResult.Accepted(log.LastIndex, term);
    }

    /// <summary>Puts a committed change into force; the driver calls it when it applies that entry.</summary>
    /// <remarks>A change that the driver refuses is applied with <see cref="ConfChange.Member"/> 0.</remarks>
    public ConfState ApplyConfChange(ConfChange change)
    {
        ConfState? next = Members.After(members.Conf, change);
        Invariant.Holds(next is not null, "a configuration has a voter");
        if (next != members.Conf)
        {
            members.Become(next, log.LastIndex);
            if (role == RaftRole.Leader)
            {
                LeadChangedMembers();
            }
        }

        return members.Conf;
    }

    private void LeadChangedMembers()
    {
        if (!members.Conf.Voters.Contains(id) && options.RemovedLeader == RemovedLeader.StepsDown)
        {
            BecomeFollower(term, 0, "was removed from the voters");
            return;
        }

        // With fewer voters more may be committed already; new members hear of us before the next heartbeat.
        if (!CommitWhatAMajorityHas())
        {
            SendAppendToAll(evenIfEmpty: false);
        }

        AnswerConfirmedReads();
        if (!members.Conf.Voters.Contains(transferringTo))
        {
            transferringTo = 0;
        }

        if (IsHandingOver)
        {
            // Whoever leads without a vote only drops proposals from here on (checklist 34).
            HandOver();
        }
    }

    private void HandOver()
    {
        Follower? successor = members.All
            .Where(it => !it.IsLearner && it.Id != id)
            .OrderByDescending(it => (it.IsRecentlyActive, it.Match))
            .FirstOrDefault();
        if (successor is not null)
        {
            TransferLeadership(successor.Id);
        }
    }
}
