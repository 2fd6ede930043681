namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>Payload bytes of our entries that are not applied yet; never more than there are.</summary>
    private long uncommittedBytes;

    /// <summary>Where this leader's term begins; 0 unless we lead.</summary>
    private ulong firstOfTerm;

    private bool HasCommittedInTerm => log.TryTerm(log.Commit, out ulong committed) && committed == term;

    public ProposeResult Propose(ReadOnlyMemory<byte> data) => Propose([data]);

    /// <summary>
    /// Appends entries behind each other, and sends them to each follower in as few messages as it takes.
    /// </summary>
    /// <returns>Accepted: where the first one stands; the others follow. All of them are accepted or none.</returns>
    public ProposeResult Propose(params ReadOnlySpan<ReadOnlyMemory<byte>> batch)
    {
        Invariant.Holds(!batch.IsEmpty);
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> data in batch)
        {
            bytes += data.Length;
        }

        if (WhyNot(bytes) is { } refusal)
        {
            return refusal;
        }

        ulong first = log.LastIndex + 1;
        foreach (ReadOnlyMemory<byte> data in batch)
        {
            AppendOwn(EntryKind.Normal, data);
        }

        SendAppendToAll(evenIfEmpty: true);
        return new ProposeResult.Accepted(first, term);
    }

    /// <summary>Why nothing may be appended now; null: it may.</summary>
    private ProposeResult? WhyNot(long bytes)
    {
        if (role != RaftRole.Leader)
        {
            return new ProposeResult.NotLeader(leader);
        }

        if (members.Find(id) is null && !Has(RaftMutant.RemovedLeaderCounts))
        {
            return new ProposeResult.Dropped(DropReason.NotAMember);
        }

        if (ownRemoval > log.Applied)
        {
            return new ProposeResult.Dropped(DropReason.Leaving);
        }

        if (transferringTo != 0)
        {
            return new ProposeResult.Dropped(DropReason.TransferInProgress);
        }

        // One proposal of any size is let through when nothing waits: a limit below it would refuse it for ever.
        return uncommittedBytes > 0 && bytes > 0 && uncommittedBytes + bytes > options.UncommittedBytesMax
            ? new ProposeResult.Dropped(DropReason.TooMuchUncommitted)
            : null;
    }

    private void AppendOwn(EntryKind kind, ReadOnlyMemory<byte> data)
    {
        log.Append(new Entry(term, log.LastIndex + 1, kind, data));
        uncommittedBytes += data.Length;
        if (Has(RaftMutant.CountBeforeDurable))
        {
            OwnEntriesSaved(log.LastIndex);
        }
    }

    /// <summary>Our own disk is one of the quorum, no sooner than it has the entries (etcd issue 14370).</summary>
    private void OwnEntriesSaved(ulong index)
    {
        if (members.Find(id) is { } ourselves && ourselves.TryMatch(index))
        {
            CommitWhatAMajorityHas();
        }
    }

    /// <summary>
    /// Commits by counting, entries of this term only; those of older terms come along under them (raft 5.4.2, fig. 8).
    /// </summary>
    /// <returns>Whether the commit moved.</returns>
    private bool CommitWhatAMajorityHas()
    {
        ulong reached = members.Committed(Has(RaftMutant.LearnersCount));
        if (Has(RaftMutant.RemovedLeaderCounts) && members.Find(id) is null)
        {
            reached = CountingTheRemovedLeader();
        }

        bool mayCount = log.Matches(reached, term) || Has(RaftMutant.CommitOldTerms);
        if (reached <= log.Commit || !mayCount)
        {
            return false;
        }

        bool isHeld = MayHoldCommit(reached);
        log.CommitTo(reached);
        AskEarlyReads();
        SendAppendToAll(evenIfEmpty: !isHeld);
        return true;
    }

    /// <summary>
    /// Whether nobody waits for word of what is committed up to there. A change of the members goes on when it is
    /// known, and so does a new leader with what comes before its first entry.
    /// </summary>
    private bool MayHoldCommit(ulong reached)
    {
        if (!options.HoldsCommits || transferringTo != 0)
        {
            return false;
        }

        for (ulong index = log.Commit + 1; index <= reached; index++)
        {
            Entry entry = log[index];
            if (entry.Kind != EntryKind.Normal || entry.Data.IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a follower could move its commit if it were told ours.</summary>
    public bool HasUntoldCommit
    {
        get
        {
            if (role == RaftRole.Leader && options.HoldsCommits)
            {
                foreach (Follower follower in members.All)
                {
                    if (CouldBeTold(follower))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>Tells every follower of the commit that could use it: nothing that it could go with has come.</summary>
    public void TellCommit()
    {
        if (role != RaftRole.Leader)
        {
            return;
        }

        foreach (Follower follower in members.All)
        {
            if (CouldBeTold(follower))
            {
                SendAppends(follower, evenIfEmpty: true);
            }
        }
    }

    private bool CouldBeTold(Follower follower) =>
        follower.Id != id && !follower.IsPaused && follower.CouldUse(log.Commit);

    private ulong CountingTheRemovedLeader()
    {
        Span<ulong> matches = [.. members.All.Where(it => !it.IsLearner).Select(it => it.Match), log.LastIndex];
        return Quorum.Reached(matches);
    }

    private void TickLeader()
    {
        heartbeatElapsed++;
        if (electionElapsed >= electionTicks)
        {
            electionElapsed = 0;
            if (options.CheckQuorum && !members.TakeActivity(id))
            {
                BecomeFollower(term, 0, "no majority answered within the election timeout");
                return;
            }

            // A transfer that has not happened by now will not: take proposals again (checklist 38).
            transferringTo = 0;
            if (IsHandingOver)
            {
                HandOver();
            }
        }

        if (heartbeatElapsed >= heartbeatTicks)
        {
            heartbeatElapsed = 0;
            SendHeartbeatToAll();
        }
    }
}
