using System.Net.Sockets;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Balancing;

/// <summary>What became of one key's targets.</summary>
/// <param name="OldEntry">With which draw a call began; null: there was no target.</param>
internal sealed record WeightChange(
    IReadOnlyList<SlotChange> Slots, IReadOnlyList<ShareChange> Shares, Draw? OldEntry, Draw? NewEntry);

/// <summary>The targets of one key, numbered among those of equal weight. Pure; one owner.</summary>
/// <remarks>
/// Problem: a target that weighs ten times as much as another should get ten times the calls, and a number for each
/// part of its weight would make maps as large as weights are fine, and write them anew when one target changes. So
/// only targets of one weight are drawn from each other, as if there were no weights; before that, if there are several
/// weights, it is drawn whose turn it is (<see cref="Balancing.Shares"/>). With one weight there is no such draw.
/// Targets of weight 0 keep their numbers, for what goes on with them; they are drawn when there are no others.
/// </remarks>
internal sealed class WeightTable(AddressFamily family)
{
    private const int WeightShift = 24;

    private readonly SortedDictionary<int, SlotTable> weights = [];
    private IReadOnlyList<Draw> shares = [];

    public int Count { get; private set; }

    /// <summary>With which a call begins; null: there is no target.</summary>
    public Draw? Entry { get; private set; }

    /// <summary>Whose turn it is, by what is drawn; empty: all that may be drawn weigh the same.</summary>
    public IReadOnlyList<Draw> Shares => shares;

    public IEnumerable<(int Number, BalanceTarget Target)> Targets => weights.SelectMany(
        one => one.Value.Targets.Select((target, slot) => (FirstOf(one.Key) + slot, target)));

    /// <summary>Every draw that this key needs, each once.</summary>
    public IEnumerable<Draw> Draws => shares.Distinct().Concat(Entry is { } entry ? [entry] : []);

    /// <summary>The lowest number of a target of this weight. They begin at 0 for what weighs as usual.</summary>
    public static int FirstOf(int weight) => (TaskWeight.Full - weight) << WeightShift;

    /// <summary>Costs what comes and goes; with several weights besides the shares, which are bounded.</summary>
    public WeightChange Change(IEnumerable<BalanceTarget> going, IEnumerable<BalanceTarget> coming)
    {
        ILookup<int, BalanceTarget> gone = going.ToLookup(one => one.Weight), come = coming.ToLookup(one => one.Weight);
        return Change(
            gone.Select(one => one.Key).Union(come.Select(one => one.Key)),
            (weight, table) => table.Change(gone[weight], come[weight]));
    }

    /// <summary>The same, from all who are to be there.</summary>
    public WeightChange Replace(IEnumerable<BalanceTarget> wanted)
    {
        ILookup<int, BalanceTarget> all = wanted.ToLookup(one => one.Weight);
        return Change(
            weights.Keys.Union(all.Select(one => one.Key)), (weight, table) => table.Replace(all[weight]));
    }

    private WeightChange Change(
        IEnumerable<int> touched, Func<int, SlotTable, IReadOnlyList<SlotChange>> change)
    {
        var slots = new List<SlotChange>();
        foreach (int weight in touched.Order().ToArray())
        {
            if (!weights.TryGetValue(weight, out SlotTable? table))
            {
                weights.Add(weight, table = new SlotTable());
            }

            Count -= table.Targets.Count;
            slots.AddRange(change(weight, table).Select(one => one with { Slot = FirstOf(weight) + one.Slot }));
            Count += table.Targets.Count;
            if (table.Targets.Count == 0)
            {
                weights.Remove(weight);
            }
        }

        (IReadOnlyList<Draw> oldShares, Draw? oldEntry) = (shares, Entry);
        Share();
        return new WeightChange(slots, Difference(oldShares, shares), oldEntry, Entry);
    }

    private void Share()
    {
        KeyValuePair<int, SlotTable>[] drawn = [.. weights.Where(one => one.Key > 0)];
        if (drawn.Length == 0)
        {
            drawn = [.. weights];
        }

        if (drawn.Length < 2)
        {
            shares = [];
            Entry = drawn.Length == 0 ? null : DrawOf(drawn[0].Key);
            return;
        }

        shares =
        [
            .. Balancing.Shares.Of(
                    [.. drawn.OrderByDescending(one => one.Key).Select(one => (one.Key, one.Value.Targets.Count))])
                .Select(DrawOf),
        ];
        Entry = new Draw(family, shares.Count, null);
    }

    private Draw DrawOf(int weight) => new(family, weights[weight].Targets.Count, weight);

    private static List<ShareChange> Difference(IReadOnlyList<Draw> old, IReadOnlyList<Draw> now)
    {
        var changes = new List<ShareChange>();
        for (int share = 0; share < Math.Max(old.Count, now.Count); share++)
        {
            Draw? before = share < old.Count ? old[share] : null, after = share < now.Count ? now[share] : null;
            if (before != after)
            {
                changes.Add(new ShareChange(share, before, after));
            }
        }

        return changes;
    }
}
