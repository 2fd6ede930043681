using System.Collections.Immutable;

namespace Skep.Raft;

public sealed partial class RaftCore
{
    private void SendAppendToAll(bool evenIfEmpty)
    {
        foreach (Follower follower in members.All)
        {
            if (follower.Id != id)
            {
                SendAppends(follower, evenIfEmpty);
            }
        }
    }

    /// <summary>As many appends as it takes and as the window allows; the first may be empty.</summary>
    private void SendAppends(Follower follower, bool evenIfEmpty)
    {
        bool isSent = SendAppend(follower, evenIfEmpty);
        while (isSent)
        {
            isSent = SendAppend(follower, evenIfEmpty: false);
        }
    }

    /// <summary>Sends the next entries, or word of the commit alone if <paramref name="evenIfEmpty"/>.</summary>
    /// <returns>Whether something was sent.</returns>
    private bool SendAppend(Follower follower, bool evenIfEmpty)
    {
        if (follower.IsPaused)
        {
            return false;
        }

        ulong before = follower.Next - 1;
        if (!log.TryTerm(before, out ulong beforeTerm))
        {
            return SendSnapshot(follower);
        }

        ImmutableArray<Entry> entries = follower.MayCarryEntries
            ? log.Slice(follower.Next, log.LastIndex, options.MessageBytesMax)
            : [];
        if (entries.IsEmpty && !evenIfEmpty)
        {
            return false;
        }

        Send(NewMessage(MessageKind.Append, follower.Id) with
        {
            Index = before,
            LogTerm = beforeTerm,
            Entries = entries,
            Commit = log.Commit,
        });
        follower.Sent(entries.Length, PayloadBytes(entries.AsSpan()));
        follower.SentCommit(log.Commit);
        return true;
    }

    /// <summary>For a follower that needs entries we no longer have. One that is not there is spared it.</summary>
    private bool SendSnapshot(Follower follower)
    {
        if (!follower.IsRecentlyActive)
        {
            return false;
        }

        if (snapshot is null || !snapshot.Members.Contains(follower.Id))
        {
            // It was taken before the follower joined, who would refuse it (checklist 28).
            WantsSnapshot = true;
            return false;
        }

        follower.AwaitSnapshot(snapshot.Index);
        Send(NewMessage(MessageKind.Snapshot, follower.Id) with { Snapshot = new Snapshot(snapshot, default) });
        return true;
    }

    private void SendHeartbeatToAll()
    {
        readsToConfirm = false;
        ReadOnlyMemory<byte> context = reads.HeartbeatContext(Has(RaftMutant.ReuseReadIds));
        foreach (Follower follower in members.All)
        {
            if (follower.Id != id)
            {
                // Never more than it is known to have: it would take entries of its own for committed (checklist 14).
                ulong commit = Math.Min(follower.Match, log.Commit);
                Send(NewMessage(MessageKind.Heartbeat, follower.Id) with { Commit = commit, Context = context });
                follower.SentCommit(commit);
            }
        }
    }

    /// <summary>A message to the leader from one of its followers.</summary>
    private void OnFollowersMessage(Message message)
    {
        if (message.Kind == MessageKind.ReadIndex)
        {
            OnRead(message.From, message.Entries[0].Data);
            return;
        }

        if (members.Find(message.From) is not { } follower)
        {
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.AppendResponse:
                follower.IsRecentlyActive = true;
                OnAppendResponse(follower, message);
                break;
            case MessageKind.HeartbeatResponse:
                follower.IsRecentlyActive = true;
                OnHeartbeatResponse(follower, message);
                break;
            case MessageKind.TransferLeader:
                TransferLeadership(follower.Id);
                break;
            default:
                break;
        }
    }

    private void OnAppendResponse(Follower follower, Message message)
    {
        if (message.Reject)
        {
            StepBack(follower, message);
            return;
        }

        // A repeated answer still tells a probe that the logs meet here.
        bool isNews = follower.TryMatch(message.Index)
            || (follower.Match == message.Index && follower.State == FollowerState.Probe);
        if (!isNews)
        {
            return;
        }

        Invariant.Holds(follower.Match <= log.LastIndex, "a follower holds no entry that its leader does not");
        if (follower.State == FollowerState.Probe)
        {
            follower.Replicate();
        }
        else if (follower.State == FollowerState.Replicate)
        {
            follower.Window.FreeUpTo(message.Index);
        }
        else if (follower.Match >= log.BeforeIndex)
        {
            // However it caught up, with our snapshot or past it: the log takes over from here (checklist 29).
            follower.Replicate();
        }

        bool isToldOfCommit = CommitWhatAMajorityHas();
        SendAppends(follower, evenIfEmpty: !isToldOfCommit && !options.HoldsCommits && follower.CouldUse(log.Commit));

        if (follower.Id == transferringTo && follower.Match == log.LastIndex)
        {
            Send(NewMessage(MessageKind.TimeoutNow, follower.Id));
        }
    }

    /// <summary>
    /// The follower's log does not hold the entry before our append. Its hint names its own last entry that could
    /// match; we skip from there to the last of ours that could (checklist 15): one probe per term, not per entry.
    /// </summary>
    private void StepBack(Follower follower, Message refusal)
    {
        ulong guess = refusal.LogTerm > 0
            ? log.GuessMatch(refusal.RejectHint, refusal.LogTerm).Index
            : refusal.RejectHint;
        if (!follower.TryStepBack(refusal.Index, guess))
        {
            return;
        }

        if (follower.State == FollowerState.Replicate)
        {
            follower.Probe();
        }

        SendAppend(follower, evenIfEmpty: true);
    }

    private void OnHeartbeatResponse(Follower follower, Message message)
    {
        follower.IsHeld = false;
        if (follower.Match < log.LastIndex || follower.State == FollowerState.Probe)
        {
            SendAppend(follower, evenIfEmpty: true);
        }

        if (!message.Context.IsEmpty)
        {
            reads.Confirm(follower.Id, message.Context, Has(RaftMutant.ReuseReadIds));
            AnswerConfirmedReads();
        }
    }

    /// <summary>The driver could not reach it: what was sent ahead is probably lost (checklist 16).</summary>
    public void ReportUnreachable(ulong member)
    {
        if (role == RaftRole.Leader && members.Find(member) is { State: FollowerState.Replicate } follower)
        {
            follower.Probe();
        }
    }

    /// <summary>What became of the snapshot that was sent to it.</summary>
    public void ReportSnapshot(ulong member, bool installed)
    {
        if (role != RaftRole.Leader || members.Find(member) is not { State: FollowerState.Snapshot } follower)
        {
            return;
        }

        if (installed)
        {
            follower.Probe();
        }
        else
        {
            follower.SnapshotFailed();
        }

        // Its own word, or the next heartbeat's answer, starts the appends again (checklist 29).
        follower.IsHeld = true;
    }

    private static long PayloadBytes(ReadOnlySpan<Entry> entries)
    {
        long bytes = 0;
        foreach (Entry entry in entries)
        {
            bytes += entry.Data.Length;
        }

        return bytes;
    }
}
