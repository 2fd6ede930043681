namespace Skep.Agent.Network.Balancing;

/// <summary>A number that another target has now.</summary>
/// <param name="Old">Null: the number is new.</param>
/// <param name="New">Null: the number is gone.</param>
internal readonly record struct SlotChange(int Slot, BalanceTarget? Old, BalanceTarget? New);

/// <summary>Which target of one key has which number, from 0 without gaps. Pure; one owner.</summary>
/// <remarks>
/// A target may be named more than once, by tasks that follow each other at one address: it is there until the last of
/// them goes. What a change costs depends on how many come and go, and not on how many there are.
/// </remarks>
internal sealed class SlotTable
{
    private readonly List<BalanceTarget> slots = [];
    private readonly Dictionary<BalanceTarget, (int Slot, int Users)> places = [];

    /// <summary>By number.</summary>
    public IReadOnlyList<BalanceTarget> Targets => slots;

    /// <summary>
    /// Keeps the numbers of those who stay, as far as that leaves no gap: who comes takes the number of one who goes,
    /// and the last ones move into the gaps that are left. So one change moves at most one other target.
    /// </summary>
    /// <param name="going">One that is not there is passed over.</param>
    public IReadOnlyList<SlotChange> Change(
        IEnumerable<BalanceTarget> going, IEnumerable<BalanceTarget> coming)
    {
        // Who stays with another user is looked for first, so that nobody goes and comes back elsewhere.
        var arriving = new Queue<BalanceTarget>(coming.Where(target => !TryUse(target)).ToArray());
        var gaps = new SortedDictionary<int, BalanceTarget>();
        foreach (BalanceTarget target in going)
        {
            Release(target, gaps);
        }

        var touched = new SortedDictionary<int, BalanceTarget?>();
        foreach ((int gap, BalanceTarget left) in gaps)
        {
            touched.Add(gap, left);
        }

        int[] open = [.. gaps.Keys];
        int filled = 0;
        while (arriving.TryDequeue(out BalanceTarget target))
        {
            if (TryUse(target))
            {
                continue;
            }

            int slot = filled < open.Length ? open[filled++] : slots.Count;
            touched.TryAdd(slot, null);
            Put(slot, target, users: 1);
        }

        Close(open.AsSpan(filled), touched);
        return
        [
            .. touched.Select(t => new SlotChange(t.Key, t.Value, t.Key < slots.Count ? slots[t.Key] : null))
                .Where(change => change.Old != change.New),
        ];
    }

    /// <summary>The same, from all who are to be there.</summary>
    public IReadOnlyList<SlotChange> Replace(IEnumerable<BalanceTarget> wanted)
    {
        var users = new Dictionary<BalanceTarget, int>();
        foreach (BalanceTarget target in wanted)
        {
            users[target] = users.GetValueOrDefault(target) + 1;
        }

        BalanceTarget[] going = [.. places.Keys.Where(target => !users.ContainsKey(target))];
        foreach (BalanceTarget target in going)
        {
            places[target] = places[target] with { Users = 1 };
        }

        IReadOnlyList<SlotChange> changes = Change(going, users.Keys.Where(target => !places.ContainsKey(target)));
        foreach ((BalanceTarget target, int count) in users)
        {
            places[target] = places[target] with { Users = count };
        }

        return changes;
    }

    private void Close(ReadOnlySpan<int> open, SortedDictionary<int, BalanceTarget?> touched)
    {
        for (int i = 0; i < open.Length; i++)
        {
            while (open.Length > i && open[^1] == slots.Count - 1)
            {
                slots.RemoveAt(slots.Count - 1);
                open = open[..^1];
            }

            if (i < open.Length)
            {
                int last = slots.Count - 1;
                BalanceTarget mover = slots[last];
                touched.TryAdd(last, mover);
                slots.RemoveAt(last);
                Put(open[i], mover, places[mover].Users);
            }
        }
    }

    private bool TryUse(BalanceTarget target)
    {
        if (!places.TryGetValue(target, out (int Slot, int Users) place))
        {
            return false;
        }

        places[target] = place with { Users = place.Users + 1 };
        return true;
    }

    private void Release(BalanceTarget target, SortedDictionary<int, BalanceTarget> gaps)
    {
        if (!places.TryGetValue(target, out (int Slot, int Users) place))
        {
            return;
        }

        if (place.Users > 1)
        {
            places[target] = place with { Users = place.Users - 1 };
        }
        else
        {
            places.Remove(target);
            gaps.Add(place.Slot, target);
        }
    }

    private void Put(int slot, BalanceTarget target, int users)
    {
        if (slot == slots.Count)
        {
            slots.Add(target);
        }
        else
        {
            slots[slot] = target;
        }

        places[target] = (slot, users);
    }
}
