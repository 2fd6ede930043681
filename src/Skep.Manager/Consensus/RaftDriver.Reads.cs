using System.Buffers.Binary;
using System.Collections.Immutable;
using Skep.Raft;

namespace Skep.Manager.Consensus;

// Linearizable reads (checklist 36): those that wait share one question to the quorum, asked after they arrived.
public sealed partial class RaftDriver
{
    private readonly List<PendingRead> newReads = [];
    private readonly Dictionary<ulong, ReadBatch> askedReads = [];
    private readonly List<ReadBatch> confirmedReads = [];
    private ulong askedCount;

    /// <summary>Asks for all reads that have no question under way. Every question has an id of its own.</summary>
    private void AskReads()
    {
        if (newReads.Count == 0)
        {
            return;
        }

        ulong id = unchecked(options.FirstRequestId + askedCount++);
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        if (core.ReadIndex(bytes))
        {
            askedReads.Add(id, new ReadBatch([.. newReads]));
            newReads.Clear();
        }
    }

    private void Answer(ImmutableArray<ReadState> answers)
    {
        foreach (ReadState answer in answers)
        {
            if (answer.Id.Length == sizeof(ulong)
                && askedReads.Remove(BinaryPrimitives.ReadUInt64BigEndian(answer.Id.Span), out ReadBatch? batch))
            {
                batch.Index = answer.Index;
                confirmedReads.Add(batch);
            }
        }

        CompleteReads();
    }

    /// <summary>A read sees everything up to its index, so it waits until that is applied here.</summary>
    private void CompleteReads()
    {
        for (int index = confirmedReads.Count - 1; index >= 0; index--)
        {
            if (confirmedReads[index].Index <= applied)
            {
                confirmedReads[index].Reads.ForEach(read => read.Complete(Store.Committed));
                confirmedReads.RemoveAt(index);
            }
        }
    }

    /// <summary>
    /// An unanswered question is put again, under a new id: an old answer must not serve a new question.
    /// </summary>
    private void TickReads()
    {
        foreach ((ulong id, ReadBatch batch) in askedReads)
        {
            if (++batch.Ticks >= electionTicks * Limits.ReadRetryElections)
            {
                askedReads.Remove(id);
                newReads.AddRange(batch.Reads);
            }
        }

        foreach (ReadBatch batch in confirmedReads)
        {
            batch.Reads.RemoveAll(IsTooOld);
        }

        foreach (ReadBatch batch in askedReads.Values)
        {
            batch.Reads.RemoveAll(IsTooOld);
        }

        newReads.RemoveAll(IsTooOld);
    }

    private bool IsTooOld(PendingRead read)
    {
        if (!IsQuorumLost && ++read.Ticks < electionTicks * Limits.RequestElections)
        {
            return false;
        }

        read.Refuse(Refusals.NoLeader());
        return true;
    }

    /// <summary>A new leader or term answers no old question.</summary>
    private void CancelAskedReads()
    {
        foreach (ReadBatch batch in askedReads.Values)
        {
            newReads.AddRange(batch.Reads);
        }

        askedReads.Clear();
    }

    /// <summary>Reads that share one question.</summary>
    private sealed class ReadBatch(List<PendingRead> reads)
    {
        public List<PendingRead> Reads => reads;

        public ulong Index { get; set; }

        public int Ticks { get; set; }
    }
}
