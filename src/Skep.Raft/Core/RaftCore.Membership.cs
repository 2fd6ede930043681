namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>No configuration change before this is applied: there may be one up to here.</summary>
    private ulong lastConfChange;

    /// <summary>Appends a change of the configuration, if none is under way (checklist 30).</summary>
    /// <remarks>
    /// A leader takes none before it has committed an entry of its own term. etcd does, which is safe there because
    /// changes take effect when they are applied; we keep both rules, as the raft thesis (4.1, 2015 bug) has it.
    /// </remarks>
    public ProposeResult ProposeConfChange(ConfChange change) =>
        ProposeConfChange(EntryKind.ConfChange, ConfChangeWire.Write(change));

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
        bool isVoter = members.Conf.Voters.Contains(id);
        if (!isVoter && options.StepsDownWhenRemoved && !Has(RaftMutant.RemovedLeaderCounts))
        {
            // Whoever leads without being a member only drops proposals from here on (checklist 34).
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
    }
}
