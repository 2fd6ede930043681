namespace Skep.Raft;

public sealed partial class RaftCore
{
    /// <summary>Who is to take over; 0: nobody. Proposals are refused meanwhile.</summary>
    private ulong transferringTo;

    /// <summary>Hands leadership over: raft thesis 3.10. Given up by itself after an election timeout.</summary>
    /// <remarks>
    /// The other one is told to stand at once when its log equals ours, without PreVote and past everybody's lease.
    /// </remarks>
    /// <returns>
    /// False: we do not lead, or it does not vote. True: it is under way; who leads then is not certain.
    /// </returns>
    public bool TransferLeadership(ulong to)
    {
        if (role != RaftRole.Leader || to == id || members.Find(to) is not { IsLearner: false } successor)
        {
            return false;
        }

        if (transferringTo == to)
        {
            return true;
        }

        transferringTo = to;
        electionElapsed = 0;
        if (successor.Match == log.LastIndex)
        {
            Send(NewMessage(MessageKind.TimeoutNow, to));
        }
        else
        {
            SendAppend(successor, evenIfEmpty: true);
        }

        return true;
    }
}
