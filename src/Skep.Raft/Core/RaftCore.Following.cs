namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>An append, heartbeat or snapshot of our own term: its sender leads it.</summary>
    private void OnLeadersMessage(Message message)
    {
        Invariant.Holds(role != RaftRole.Leader, "a term has one leader");
        if (role != RaftRole.Follower)
        {
            BecomeFollower(term, message.From, $"{message.From} won term {term}");
        }

        electionElapsed = 0;
        leader = message.From;
        switch (message.Kind)
        {
            case MessageKind.Append:
                OnAppend(message);
                break;
            case MessageKind.Heartbeat:
                log.CommitTo(message.Commit);
                Send(NewMessage(MessageKind.HeartbeatResponse, message.From) with { Context = message.Context });
                break;
            default:
                OnSnapshot(message);
                break;
        }
    }

    private void OnAppend(Message message)
    {
        Message answer = NewMessage(MessageKind.AppendResponse, message.From);
        if (message.Index < log.Commit)
        {
            // Everything up to our commit is settled, and its terms may be gone: nothing to compare (checklist 12).
            SendAfterSaving(answer with { Index = log.Commit });
            return;
        }

        if (log.TryAppend(message.Index, message.LogTerm, message.Entries, Has(RaftMutant.TruncateAlways)))
        {
            // Beyond this message our log may differ from the leader's, whatever the leader has committed (13).
            ulong last = message.Index + (ulong)message.Entries.Length;
            log.CommitTo(Math.Min(message.Commit, last));
            SendAfterSaving(answer with { Index = last });
            return;
        }

        (ulong index, ulong guessTerm) = log.GuessMatch(Math.Min(message.Index, log.LastIndex), message.LogTerm);
        SendAfterSaving(answer with
        {
            Index = message.Index,
            Reject = true,
            RejectHint = index,
            LogTerm = guessTerm,
        });
    }

    private void OnSnapshot(Message message)
    {
        Snapshot incoming = message.Snapshot!;
        bool isInstalled = TryRestore(incoming);
        SendAfterSaving(NewMessage(MessageKind.AppendResponse, message.From) with
        {
            Index = isInstalled ? log.LastIndex : log.Commit,
        });
    }

    /// <summary>Takes a snapshot's place in the log, and its configuration, over (checklist 28).</summary>
    /// <returns>False: it is old, or not meant for us, or the log holds all of it.</returns>
    private bool TryRestore(Snapshot incoming)
    {
        SnapshotMeta meta = incoming.Meta;
        if (meta.Index <= log.Commit || !meta.Members.Contains(id))
        {
            return false;
        }

        if (log.Matches(meta.Index, meta.Term))
        {
            log.CommitTo(meta.Index);
            return false;
        }

        log.Restore(incoming);
        snapshot = meta;
        if (!Has(RaftMutant.SnapshotWithoutMembers))
        {
            members.Become(meta.Members, log.LastIndex);
        }

        return true;
    }
}
