using System.Text;

namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>etcd's mark on the vote requests of a member that was asked to take over.</summary>
    private static readonly byte[] TransferMark = Encoding.ASCII.GetBytes("CampaignTransfer");

    private readonly Dictionary<ulong, bool> votes = [];

    /// <summary>The request whose vote for ourselves is not durable yet; null: none.</summary>
    private MessageKind? ownVote;

    private enum Campaigning
    {
        PreVote,
        Vote,
        Transfer,
    }

    /// <summary>
    /// Whether we may stand: a voter of the applied configuration that is not waiting for a snapshot.
    /// </summary>
    private bool IsPromotable => members.Find(id) is { IsLearner: false } && log.Incoming is null;

    /// <summary>Stands for election now, as when the election timeout has passed.</summary>
    public void Campaign() =>
        Start(preVote ? Campaigning.PreVote : Campaigning.Vote, "heard no leader within the election timeout");

    /// <summary>Lets a follower vote again at once: its driver knows that the leader is gone.</summary>
    public void ForgetLeader()
    {
        if (role == RaftRole.Follower)
        {
            leader = 0;
        }
    }

    private static bool IsForced(Message message) => message.Context.Span.SequenceEqual(TransferMark);

    private void Start(Campaigning how, string why)
    {
        // A committed change that is not applied may have given us other voters to ask (checklist 8).
        if (role != RaftRole.Leader && IsPromotable && !HasUnappliedConfChange())
        {
            AskForVotes(how, why);
        }
    }

    private bool HasUnappliedConfChange()
    {
        for (ulong index = log.Applied + 1; index <= log.Commit; index++)
        {
            if (log.Incoming is null && log[index].Kind != EntryKind.Normal)
            {
                return true;
            }
        }

        return false;
    }

    private void AskForVotes(Campaigning how, string why)
    {
        MessageKind kind = how == Campaigning.PreVote ? MessageKind.PreVote : MessageKind.Vote;
        if (how == Campaigning.PreVote)
        {
            BecomePreCandidate(why);
        }
        else
        {
            BecomeCandidate(why);
        }

        ownVote = kind;
        foreach (ulong voter in members.Conf.Voters)
        {
            if (voter != id)
            {
                Send(NewMessage(kind, voter) with
                {
                    Term = how == Campaigning.PreVote ? NextTerm : term,
                    Index = log.LastIndex,
                    LogTerm = log.LastTerm,
                    Context = how == Campaigning.Transfer ? TransferMark : default,
                });
            }
        }
    }

    private void OnVoteRequest(Message message)
    {
        bool isPreVote = message.Kind == MessageKind.PreVote;
        bool isFree = vote == message.From
            || (vote == 0 && leader == 0)
            || (isPreVote && message.Term > term);
        bool isCovered = log.IsCoveredBy(message.LogTerm, message.Index) || Has(RaftMutant.VoteForOldLogs);

        // A learner answers too: it may be a voter already and not know it yet (checklist 33).
        bool isBarred = Has(RaftMutant.LearnerRefusesVote) && members.Find(id) is { IsLearner: true };
        bool isGranted = isFree && isCovered && !isBarred;
        Message answer = NewMessage(
            isPreVote ? MessageKind.PreVoteResponse : MessageKind.VoteResponse, message.From);

        // The grant of a pre-vote carries the term asked about, or the asker would drop it as old (checklist 4).
        SendAfterSaving(isGranted ? answer with { Term = message.Term } : answer with { Reject = true });
        if (isGranted && !isPreVote)
        {
            electionElapsed = 0;
            vote = message.From;
        }
    }

    private void OnVoteResponse(Message message)
    {
        // Late answers to our own pre-vote must not count as votes (checklist 4).
        bool isAwaited = (role, message.Kind)
            is (RaftRole.PreCandidate, MessageKind.PreVoteResponse)
            or (RaftRole.Candidate, MessageKind.VoteResponse);
        if (isAwaited)
        {
            Count(message.From, !message.Reject);
        }
    }

    private void Count(ulong voter, bool isGranted)
    {
        votes.TryAdd(voter, isGranted);
        (int voters, int granted, int refused) = (0, 0, 0);
        foreach (Follower member in members.All)
        {
            if (!member.IsLearner || Has(RaftMutant.LearnersCount))
            {
                bool hasVoted = votes.TryGetValue(member.Id, out bool itsVote);
                voters++;
                granted += hasVoted && itsVote ? 1 : 0;
                refused += hasVoted && !itsVote ? 1 : 0;
            }
        }

        VoteOutcome outcome = Quorum.Outcome(voters, granted, refused);
        if (outcome == VoteOutcome.Lost)
        {
            BecomeFollower(term, 0, $"{refused} of {voters} voters refused");
        }
        else if (outcome == VoteOutcome.Won && role == RaftRole.PreCandidate)
        {
            AskForVotes(Campaigning.Vote, $"{granted} of {voters} voters would vote for us");
        }
        else if (outcome == VoteOutcome.Won)
        {
            BecomeLeader($"{granted} of {voters} voters voted for us");
            SendAppendToAll(evenIfEmpty: true);
        }
    }

    private void ForgetVotes()
    {
        votes.Clear();
        ownVote = null;
    }
}
