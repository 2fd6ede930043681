using System.Net.Sockets;

namespace Skep.Agent.Network.Balancing;

/// <summary>Who comes to a key and who leaves it.</summary>
internal sealed record BalanceMove(List<BalanceTarget> Going, List<BalanceTarget> Coming)
{
    public BalanceMove()
        : this([], [])
    {
    }

    /// <summary>That of a key, which begins empty.</summary>
    public static BalanceMove At(Dictionary<BalanceKey, BalanceMove> moves, BalanceKey key)
    {
        if (!moves.TryGetValue(key, out BalanceMove? move))
        {
            moves.Add(key, move = new BalanceMove());
        }

        return move;
    }
}

/// <summary>What became of one key.</summary>
/// <param name="Before">How many targets it had; null: the key was not there.</param>
/// <param name="After">How many it has; null: the key is gone. 0: it is there, and nobody answers.</param>
internal sealed record BalanceChange(BalanceKey Key, int? Before, int? After, IReadOnlyList<SlotChange> Slots)
{
    /// <summary>Targets that get no more calls.</summary>
    public IEnumerable<BalanceTarget> Withdrawn => Slots.Select(s => s.Old).OfType<BalanceTarget>()
        .Except(Slots.Select(s => s.New).OfType<BalanceTarget>());
}

/// <summary>What a step changed.</summary>
/// <param name="NewCounts">Numbers of targets that no key had before.</param>
/// <param name="LostCounts">Numbers of targets that no key has any more.</param>
internal sealed record BalanceStep(
    IReadOnlyList<BalanceChange> Changes,
    IReadOnlyList<(AddressFamily Family, int Count)> NewCounts,
    IReadOnlyList<(AddressFamily Family, int Count)> LostCounts);

/// <summary>All keys with their numbered targets. Pure; one owner.</summary>
/// <param name="keepsDeserted">Keys that nobody answers stay when their last target goes.</param>
internal sealed class Balance(bool keepsDeserted)
{
    private readonly Dictionary<BalanceKey, SlotTable> keys = [];
    private readonly Dictionary<(AddressFamily Family, int Count), int> users = [];

    public IReadOnlyDictionary<BalanceKey, SlotTable> Keys => keys;

    /// <summary>The numbers of targets that occur, for each of which there is a chain.</summary>
    public IReadOnlyCollection<(AddressFamily Family, int Count)> Counts => users.Keys;

    /// <param name="wanted">All keys that there are to be; a target may be there more than once.</param>
    public BalanceStep MoveTo(IReadOnlyDictionary<BalanceKey, List<BalanceTarget>> wanted)
    {
        var step = new Changes(users);
        foreach (BalanceKey gone in keys.Keys.Where(key => !wanted.ContainsKey(key)).ToArray())
        {
            SlotTable table = keys[gone];
            int before = table.Targets.Count;
            Note(step, gone, before, null, table.Replace([]));
        }

        foreach ((BalanceKey key, List<BalanceTarget> targets) in wanted)
        {
            bool wasThere = keys.TryGetValue(key, out SlotTable? table);
            table ??= keys[key] = new SlotTable();
            int? before = wasThere ? table.Targets.Count : null;
            IReadOnlyList<SlotChange> changes = table.Replace(targets);
            Note(step, key, before, table.Targets.Count, changes);
        }

        return step.End();
    }

    /// <summary>Costs what comes and goes, whatever else there is.</summary>
    public BalanceStep Move(IReadOnlyDictionary<BalanceKey, BalanceMove> moves)
    {
        var step = new Changes(users);
        foreach ((BalanceKey key, BalanceMove move) in moves)
        {
            bool wasThere = keys.TryGetValue(key, out SlotTable? table);
            table ??= keys[key] = new SlotTable();
            int? before = wasThere ? table.Targets.Count : null;
            IReadOnlyList<SlotChange> changes = table.Change(move.Going, move.Coming);
            int after = table.Targets.Count;
            Note(step, key, before, after > 0 || keepsDeserted ? after : null, changes);
        }

        return step.End();
    }

    private void Note(Changes step, BalanceKey key, int? before, int? after, IReadOnlyList<SlotChange> slots)
    {
        if (after is null)
        {
            keys.Remove(key);
        }

        if (before == after && slots.Count == 0)
        {
            return;
        }

        step.Count(key.Family, before, -1);
        step.Count(key.Family, after, 1);
        step.Add(new BalanceChange(key, before, after, slots));
    }

    /// <summary>Of one step: what it changed, and which numbers of targets it began or ended.</summary>
    private sealed class Changes(Dictionary<(AddressFamily Family, int Count), int> users)
    {
        private readonly List<BalanceChange> changes = [];

        // Whether a number occurred before the step.
        private readonly Dictionary<(AddressFamily Family, int Count), bool> touched = [];

        public void Add(BalanceChange change) => changes.Add(change);

        public void Count(AddressFamily family, int? count, int difference)
        {
            if (count is not > 0)
            {
                return;
            }

            (AddressFamily, int) number = (family, count.Value);
            touched.TryAdd(number, users.ContainsKey(number));
            int left = users.GetValueOrDefault(number) + difference;
            if (left == 0)
            {
                users.Remove(number);
            }
            else
            {
                users[number] = left;
            }
        }

        public BalanceStep End() => new(
            changes,
            [.. touched.Where(t => !t.Value && users.ContainsKey(t.Key)).Select(t => t.Key)],
            [.. touched.Where(t => t.Value && !users.ContainsKey(t.Key)).Select(t => t.Key)]);
    }
}
