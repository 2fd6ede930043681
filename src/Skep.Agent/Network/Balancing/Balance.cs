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
internal sealed record BalanceChange(BalanceKey Key, int? Before, int? After, WeightChange Targets)
{
    /// <summary>Targets that are no more; one that weighs something else now is there as before.</summary>
    public IEnumerable<BalanceTarget> Withdrawn => Targets.Slots.Select(s => s.Old).OfType<BalanceTarget>()
        .ExceptBy(Targets.Slots.Select(s => s.New).OfType<BalanceTarget>().Select(PlaceOf), PlaceOf);

    private static (System.Net.IPAddress, int) PlaceOf(BalanceTarget target) => (target.Address, target.Port);
}

/// <summary>What a step changed.</summary>
/// <param name="NewDraws">Those that no key needed before.</param>
/// <param name="LostDraws">Those that no key needs any more.</param>
internal sealed record BalanceStep(
    IReadOnlyList<BalanceChange> Changes, IReadOnlyList<Draw> NewDraws, IReadOnlyList<Draw> LostDraws);

/// <summary>All keys with their numbered targets. Pure; one owner.</summary>
/// <param name="keepsDeserted">Keys that nobody answers stay when their last target goes.</param>
internal sealed class Balance(bool keepsDeserted)
{
    private readonly Dictionary<BalanceKey, WeightTable> keys = [];
    private readonly Dictionary<Draw, int> users = [];

    public IReadOnlyDictionary<BalanceKey, WeightTable> Keys => keys;

    /// <summary>Those that occur, for each of which there is a chain.</summary>
    public IReadOnlyCollection<Draw> Draws => users.Keys;

    /// <param name="wanted">All keys that there are to be; a target may be there more than once.</param>
    public BalanceStep MoveTo(IReadOnlyDictionary<BalanceKey, List<BalanceTarget>> wanted)
    {
        var step = new Changes(users);
        foreach (BalanceKey gone in keys.Keys.Where(key => !wanted.ContainsKey(key)).ToArray())
        {
            Change(step, gone, table => table.Replace([]), staysDeserted: false);
        }

        foreach ((BalanceKey key, List<BalanceTarget> targets) in wanted)
        {
            Change(step, key, table => table.Replace(targets), staysDeserted: true);
        }

        return step.End();
    }

    /// <summary>Costs what comes and goes, whatever else there is.</summary>
    public BalanceStep Move(IReadOnlyDictionary<BalanceKey, BalanceMove> moves)
    {
        var step = new Changes(users);
        foreach ((BalanceKey key, BalanceMove move) in moves)
        {
            Change(step, key, table => table.Change(move.Going, move.Coming), keepsDeserted);
        }

        return step.End();
    }

    private void Change(Changes step, BalanceKey key, Func<WeightTable, WeightChange> change, bool staysDeserted)
    {
        bool wasThere = keys.TryGetValue(key, out WeightTable? table);
        table ??= keys[key] = new WeightTable(key.Family);
        int? before = wasThere ? table.Count : null;
        Draw[] draws = [.. table.Draws];
        WeightChange targets = change(table);
        int? after = table.Count > 0 || staysDeserted ? table.Count : null;
        if (after is null)
        {
            keys.Remove(key);
        }

        if (before == after && targets.Slots.Count == 0)
        {
            return;
        }

        step.Count(draws, -1);
        step.Count(table.Draws, 1);
        step.Add(new BalanceChange(key, before, after, targets));
    }

    /// <summary>Of one step: what it changed, and which draws it began or ended.</summary>
    private sealed class Changes(Dictionary<Draw, int> users)
    {
        private readonly List<BalanceChange> changes = [];

        // Whether a draw occurred before the step.
        private readonly Dictionary<Draw, bool> touched = [];

        public void Add(BalanceChange change) => changes.Add(change);

        public void Count(IEnumerable<Draw> draws, int difference)
        {
            foreach (Draw draw in draws)
            {
                touched.TryAdd(draw, users.ContainsKey(draw));
                int left = users.GetValueOrDefault(draw) + difference;
                if (left == 0)
                {
                    users.Remove(draw);
                }
                else
                {
                    users[draw] = left;
                }
            }
        }

        public BalanceStep End() => new(
            changes,
            [.. touched.Where(t => !t.Value && users.ContainsKey(t.Key)).Select(t => t.Key)],
            [.. touched.Where(t => t.Value && !users.ContainsKey(t.Key)).Select(t => t.Key)]);
    }
}
