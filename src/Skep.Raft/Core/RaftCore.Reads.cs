using System.Collections.Immutable;

namespace Skep.Raft;

public sealed partial class RaftCore
{
    private ReadQueue reads = new();

    /// <summary>Reads that came before this leader committed anything of its term.</summary>
    private List<WaitingRead> earlyReads = [];

    /// <summary>A read has come since the last round of heartbeats.</summary>
    private bool readsToConfirm;

    /// <summary>
    /// Asks from which index on a read that begins now is linearizable; the answer comes in
    /// <see cref="Ready.Reads"/>. Nothing is written: raft thesis 6.4.
    /// </summary>
    /// <param name="readId">
    /// Fresh for every attempt, repeated ones included. An answer may fail to come: the caller gives up after a while,
    /// or when <see cref="Ready.Role"/> changes, and asks again with another.
    /// </param>
    /// <returns>False: there is nobody to ask, or too many wait; no answer will come.</returns>
    public bool ReadIndex(ReadOnlyMemory<byte> readId)
    {
        if (role == RaftRole.Leader)
        {
            return OnRead(id, readId);
        }

        if (role != RaftRole.Follower || leader == 0)
        {
            return false;
        }

        Send(new Message
        {
            Kind = MessageKind.ReadIndex,
            To = leader,
            From = id,
            Entries = [new Entry(0, 0, EntryKind.Normal, readId)],
        });
        return true;
    }

    private bool OnRead(ulong from, ReadOnlyMemory<byte> readId)
    {
        if (reads.Count + earlyReads.Count >= options.WaitingReadsMax)
        {
            return false;
        }

        var read = new WaitingRead(from, readId, log.Commit);
        if (!HasCommittedInTerm && !Has(RaftMutant.ReadBeforeFirstCommit))
        {
            // What an earlier leader committed may be in our log without our knowing: our first entry settles it.
            earlyReads.Add(read);
            return true;
        }

        Confirm(read);
        return true;
    }

    private void AskEarlyReads()
    {
        if (earlyReads.Count > 0 && HasCommittedInTerm)
        {
            List<WaitingRead> ready = earlyReads;
            earlyReads = [];
            ready.ForEach(read => Confirm(read with { Index = log.Commit }));
        }
    }

    private void Confirm(WaitingRead read)
    {
        if (members.IsSingleVoter(id))
        {
            Answer(read);
            return;
        }

        reads.Add(read);
        readsToConfirm = true;
    }

    private void AnswerConfirmedReads()
    {
        foreach (WaitingRead read in reads.TakeConfirmed(members.Conf.Voters.AsSpan()))
        {
            Answer(read);
        }
    }

    private void Answer(WaitingRead read)
    {
        if (read.From == id)
        {
            answeredReads.Add(new ReadState(read.Index, read.Id));
            return;
        }

        Send(NewMessage(MessageKind.ReadIndexResponse, read.From) with
        {
            Index = read.Index,
            Entries = ImmutableArray.Create(new Entry(0, 0, EntryKind.Normal, read.Id)),
        });
    }
}
