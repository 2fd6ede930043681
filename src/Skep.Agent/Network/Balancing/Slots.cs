using System.Collections.Immutable;

namespace Skep.Agent.Network.Balancing;

/// <summary>Which target has which number, from 0 without gaps. Pure.</summary>
internal static class Slots
{
    /// <summary>
    /// Keeps the numbers of those who stay, as far as that leaves no gap: who comes takes the number of one who goes,
    /// and the last ones move into the gaps that are left. So one change moves at most one other target.
    /// </summary>
    public static ImmutableArray<BalanceTarget> Fill(
        ImmutableArray<BalanceTarget> old, IReadOnlyCollection<BalanceTarget> wanted)
    {
        var missing = new HashSet<BalanceTarget>(wanted);
        var slots = new BalanceTarget?[old.Length];
        for (int i = 0; i < old.Length; i++)
        {
            slots[i] = missing.Remove(old[i]) ? old[i] : null;
        }

        // In the order in which they were told, so that equal nodes do equal things.
        var coming = new Queue<BalanceTarget>(wanted.Where(missing.Remove));
        var filled = ImmutableArray.CreateBuilder<BalanceTarget>(wanted.Count);
        int last = slots.Length - 1;
        for (int i = 0; i <= last; i++)
        {
            if (slots[i] is { } stays)
            {
                filled.Add(stays);
                continue;
            }

            if (coming.TryDequeue(out BalanceTarget comes))
            {
                filled.Add(comes);
                continue;
            }

            while (last > i && slots[last] is null)
            {
                last--;
            }

            if (last > i)
            {
                filled.Add(slots[last--]!.Value);
            }
        }

        filled.AddRange(coming);
        return filled.ToImmutable();
    }
}
