using System.Collections.Immutable;

namespace Skep.Raft;

public sealed partial class RaftCore
{
    private HardState savedHardState;
    private (ulong Leader, RaftRole Role, ulong Term) lastRole;
    private Ready? underWay;

    /// <summary>Whether there is something to do. Not while a Ready is unfinished.</summary>
    public bool HasReady => underWay is null && (
        log.HasUnsaved
        || log.HasCommitted
        || outbox.Count > 0
        || afterSaving.Count > 0
        || ownVote is not null
        || readsToConfirm
        || answeredReads.Count > 0
        || lastRole != (leader, role, term)
        || (log.Incoming is not null && !log.IncomingIsHandedOut)
        || savedHardState != NewHardState());

    /// <summary>
    /// A follower needs a snapshot and the newest one is too old for it: the driver takes one now and calls
    /// <see cref="Compact"/>.
    /// </summary>
    public bool WantsSnapshot { get; private set; }

    /// <summary>Everything there is to do now. It must be finished by <see cref="Advance"/> before the next.</summary>
    public Ready TakeReady()
    {
        Invariant.Holds(underWay is null, "a Ready is finished before the next is taken");
        if (readsToConfirm)
        {
            ConfirmReads();
        }

        HardState hardState = NewHardState();
        ImmutableArray<Entry> entries = log.Slice(log.Saving + 1, log.LastIndex, long.MaxValue);
        var ready = new Ready
        {
            HardState = hardState == savedHardState ? null : hardState,
            Entries = entries,
            Snapshot = log.IncomingIsHandedOut ? null : log.Incoming,
            Committed = log.HasCommitted ? log.Slice(log.Applying + 1, log.Commit, options.ApplyBytesMax) : [],
            Messages = [.. outbox, .. afterSaving],
            Reads = [.. answeredReads],
            Role = lastRole == (leader, role, term) ? null : new RoleState(leader, role, term, reason),
            MustSync = !entries.IsEmpty
                || hardState.Term != savedHardState.Term || hardState.Vote != savedHardState.Vote,
            Write = new Durability(term, log.LastIndex, log.LastTerm, ownVote),
        };
        HandOut(ready, hardState);
        return ready;
    }

    /// <summary>Everything in it is done: saved, sent, applied. Only now does it count.</summary>
    public void Advance(Ready ready)
    {
        Invariant.Holds(ReferenceEquals(underWay, ready), "the Ready taken last is the one finished");
        underWay = null;
        Saved(ready.Write);
        if (ready.Snapshot is { } installed)
        {
            log.Installed(installed);
        }

        if (!ready.Committed.IsEmpty)
        {
            log.AppliedTo(ready.Committed[^1].Index);
            uncommittedBytes = Math.Max(0, uncommittedBytes - PayloadBytes(ready.Committed.AsSpan()));
        }
    }

    /// <summary>
    /// The driver has saved a snapshot of what is applied up to there. Followers that need older entries get it, and
    /// the entries it covers go from memory, less the last ones, which spare slow followers a snapshot.
    /// </summary>
    public void Compact(SnapshotMeta upTo, ulong keepEntries)
    {
        Invariant.Holds(upTo.Index <= log.Applied);
        Invariant.Holds(!log.TryTerm(upTo.Index, out ulong known) || known == upTo.Term);
        if (snapshot is null || upTo.Index >= snapshot.Index)
        {
            snapshot = upTo;
            log.Compact(upTo.Index - Math.Min(upTo.Index, keepEntries));
        }

        if (WantsSnapshot)
        {
            WantsSnapshot = false;
            SendAppendToAll(evenIfEmpty: false);
        }
    }

    private HardState NewHardState() => new(term, Has(RaftMutant.ForgetVote) ? 0 : vote, log.Commit);

    private void HandOut(Ready ready, HardState hardState)
    {
        underWay = ready;
        savedHardState = hardState;
        lastRole = (leader, role, term);
        ownVote = null;
        outbox.Clear();
        afterSaving.Clear();
        answeredReads.Clear();
        log.HandOutToSave();
        if (!ready.Committed.IsEmpty)
        {
            log.HandOutToApply(ready.Committed[^1].Index);
        }
    }

    /// <summary>
    /// A write is finished. If the term has changed since it was handed out, what it wrote may have been replaced and
    /// be on its way to the disk again, so it says nothing (checklist 24); the next write will speak for the whole log.
    /// </summary>
    private void Saved(Durability write)
    {
        if (write.Term != term && !Has(RaftMutant.AcceptOldWrites))
        {
            return;
        }

        if (write.OwnVote == MessageKind.Vote && role == RaftRole.Candidate
            || write.OwnVote == MessageKind.PreVote && role == RaftRole.PreCandidate)
        {
            Count(id, isGranted: true);
        }

        log.SavedTo(write.LastIndex, write.LastTerm);
        if (role == RaftRole.Leader)
        {
            OwnEntriesSaved(Has(RaftMutant.AcceptOldWrites) ? write.LastIndex : log.Saved);
        }
    }

    private void ConfirmReads()
    {
        reads.ConfirmOwn(id);
        SendHeartbeatToAll();
        AnswerConfirmedReads();
    }
}
