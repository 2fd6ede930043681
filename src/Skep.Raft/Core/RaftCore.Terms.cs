namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>What a message's term says about it and about us, before its content is looked at.</summary>
    /// <returns>False: there is nothing more to do with it.</returns>
    private bool PassesTerm(Message message)
    {
        if (message.Term == 0)
        {
            return message.Kind is MessageKind.ReadIndex or MessageKind.TransferLeader;
        }

        if (message.Term < term)
        {
            AnswerOldTerm(message);
            return false;
        }

        if (message.Term > term)
        {
            bool asksForVote = message.Kind is MessageKind.Vote or MessageKind.PreVote;
            if (asksForVote && HasLease && !IsForced(message))
            {
                // A leader is alive: whoever asks has lost contact with it, and disturbs the rest (checklist 5).
                return false;
            }

            FollowNewTerm(message);
        }

        return true;
    }

    /// <summary>A leader was heard within the last election timeout.</summary>
    private bool HasLease => options.CheckQuorum && leader != 0 && electionElapsed < electionTicks;

    /// <summary>
    /// What we stand for. A crash between saving a snapshot and saving the hard state leaves a term below the log's.
    /// </summary>
    private ulong NextTerm => Math.Max(term + 1, log.LastTerm);

    private void FollowNewTerm(Message message)
    {
        // A pre-vote is a question about a term that does not exist yet; its grant echoes that term.
        bool isQuestion = message.Kind == MessageKind.PreVote
            || (message.Kind == MessageKind.PreVoteResponse && !message.Reject);
        if (isQuestion)
        {
            return;
        }

        bool isFromLeader = message.Kind is MessageKind.Append or MessageKind.Heartbeat or MessageKind.Snapshot;
        int waited = electionElapsed;
        BecomeFollower(
            message.Term, isFromLeader ? message.From : 0,
            $"heard of term {message.Term} by {message.Kind} from {message.From}");
        if (message.Kind == MessageKind.Vote)
        {
            // Only a leader, or a vote that is given, begins the wait anew (Raft, section 5.2). A candidate that nobody
            // can vote for, and whose clock is twice as fast, would keep all others from ever standing.
            electionElapsed = waited;
        }
    }

    /// <summary>
    /// With PreVote or CheckQuorum a member whose term ran ahead gets no votes and grants none: unless it answers the
    /// old leader, so that this one catches up with the term, it stays stuck for ever (checklist 6).
    /// </summary>
    private void AnswerOldTerm(Message message)
    {
        if (message.Kind is MessageKind.Append or MessageKind.Heartbeat && (options.CheckQuorum || preVote))
        {
            SendAfterSaving(NewMessage(MessageKind.AppendResponse, message.From));
        }
        else if (message.Kind == MessageKind.PreVote)
        {
            SendAfterSaving(NewMessage(MessageKind.PreVoteResponse, message.From) with { Reject = true });
        }
    }

    private void BecomeFollower(ulong newTerm, ulong newLeader, string why)
    {
        StartTerm(newTerm);
        (role, leader, reason) = (RaftRole.Follower, newLeader, why);
    }

    private void BecomePreCandidate(string why)
    {
        Invariant.Holds(role != RaftRole.Leader);
        ForgetVotes();
        (role, leader, reason) = (RaftRole.PreCandidate, 0, why);
    }

    private void BecomeCandidate(string why)
    {
        Invariant.Holds(role != RaftRole.Leader);
        StartTerm(NextTerm);
        vote = id;
        (role, reason) = (RaftRole.Candidate, why);
    }

    private void BecomeLeader(string why)
    {
        Invariant.Holds(role is RaftRole.Candidate);
        StartTerm(term);
        (role, leader, reason) = (RaftRole.Leader, id, why);
        Follower ourselves = members.Find(id)!;
        ourselves.TryMatch(log.Saved);
        ourselves.Replicate();
        ourselves.IsRecentlyActive = true;

        // The old tail may hold a configuration change; looking for it costs more than waiting (checklist 30).
        lastConfChange = log.LastIndex;
        firstOfTerm = log.LastIndex + 1;
        if (!Has(RaftMutant.NoFirstEntry))
        {
            AppendOwn(EntryKind.Normal, default);
        }
    }

    /// <summary>Forgets everything that held for the old role or term only.</summary>
    private void StartTerm(ulong newTerm)
    {
        Invariant.Holds(newTerm >= term);
        if (newTerm != term)
        {
            (term, vote) = (newTerm, 0);
        }

        leader = 0;
        (electionElapsed, heartbeatElapsed) = (0, 0);
        DrawElectionDeadline();
        transferringTo = 0;
        ForgetVotes();
        members.Restart(log.LastIndex + 1);
        (lastConfChange, firstOfTerm, uncommittedBytes) = (0, 0, 0);
        WantsSnapshot = false;
        ownRemoval = 0;
        (reads, earlyReads, readsToConfirm) = (new ReadQueue(), [], false);
    }

    /// <summary>Drawn anew for every role and term, so that two members do not go on splitting the votes.</summary>
    private void DrawElectionDeadline() => electionDeadline = electionTicks + options.Random(electionTicks);
}
