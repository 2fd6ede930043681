using System.Collections.Immutable;
using Skep.Swarm.Store;

namespace Skep.Swarm.Decisions;

/// <summary>Cuts what a round decided into transactions that the log takes.</summary>
public static class Batches
{
    /// <summary>Room for what an estimate may be wrong by; SwarmKit cuts at the same place.</summary>
    private const int BytesMax = Limits.TransactionBytes / 4 * 3;

    /// <summary>
    /// A change that is too large by itself still gets a transaction, for the log to refuse it by name.
    /// </summary>
    public static IEnumerable<ImmutableArray<Change>> Of(ImmutableArray<Change> changes)
    {
        var batch = ImmutableArray.CreateBuilder<Change>();
        int count = 0;
        long bytes = 0;
        foreach (Change change in changes)
        {
            long size = change.Actions.Sum(action => ObjectSize.Estimate(action));
            bool isFull = count + change.Actions.Length > Limits.TransactionChanges || bytes + size > BytesMax;
            if (batch.Count > 0 && isFull)
            {
                yield return batch.ToImmutable();
                batch.Clear();
                (count, bytes) = (0, 0);
            }
            batch.Add(change);
            count += change.Actions.Length;
            bytes += size;
        }
        if (batch.Count > 0)
        {
            yield return batch.ToImmutable();
        }
    }
}
