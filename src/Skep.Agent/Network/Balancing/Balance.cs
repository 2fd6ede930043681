using System.Collections.Immutable;
using System.Net.Sockets;

namespace Skep.Agent.Network.Balancing;

/// <summary>The targets of one key before and after.</summary>
/// <param name="Old">Default: the key was not there.</param>
/// <param name="New">Default: the key is gone. Empty: it is there, and nobody answers.</param>
internal readonly record struct BalanceChange(
    BalanceKey Key, ImmutableArray<BalanceTarget> Old, ImmutableArray<BalanceTarget> New)
{
    /// <summary>Targets that get no more calls.</summary>
    public IEnumerable<BalanceTarget> Withdrawn =>
        Old.IsDefaultOrEmpty ? [] : New.IsDefaultOrEmpty ? Old : Old.Except(New);
}

/// <summary>What a step changed.</summary>
/// <param name="NewCounts">Numbers of targets that no key had before.</param>
/// <param name="LostCounts">Numbers of targets that no key has any more.</param>
internal sealed record BalanceStep(
    IReadOnlyList<BalanceChange> Changes,
    IReadOnlyList<(AddressFamily Family, int Count)> NewCounts,
    IReadOnlyList<(AddressFamily Family, int Count)> LostCounts);

/// <summary>All keys with their numbered targets. Pure; one owner.</summary>
internal sealed class Balance
{
    private readonly Dictionary<BalanceKey, ImmutableArray<BalanceTarget>> keys = [];
    private readonly Dictionary<(AddressFamily Family, int Count), int> users = [];

    public IReadOnlyDictionary<BalanceKey, ImmutableArray<BalanceTarget>> Keys => keys;

    /// <summary>The numbers of targets that occur, for each of which there is a chain.</summary>
    public IReadOnlyCollection<(AddressFamily Family, int Count)> Counts => users.Keys;

    /// <param name="wanted">All keys that there are to be.</param>
    public BalanceStep MoveTo(IReadOnlyDictionary<BalanceKey, List<BalanceTarget>> wanted)
    {
        var before = users.Keys.ToHashSet();
        var changes = new List<BalanceChange>();
        foreach (BalanceKey gone in keys.Keys.Where(key => !wanted.ContainsKey(key)).ToArray())
        {
            changes.Add(Set(gone, default));
        }

        foreach ((BalanceKey key, List<BalanceTarget> targets) in wanted)
        {
            ImmutableArray<BalanceTarget> old = keys.GetValueOrDefault(key);
            if (old.IsDefault || !IsSame(old, targets))
            {
                changes.Add(Set(key, Slots.Fill(old.IsDefault ? [] : old, targets)));
            }
        }

        return new BalanceStep(
            changes,
            [.. users.Keys.Where(count => !before.Contains(count))],
            [.. before.Where(count => !users.ContainsKey(count))]);
    }

    private BalanceChange Set(BalanceKey key, ImmutableArray<BalanceTarget> targets)
    {
        ImmutableArray<BalanceTarget> old = keys.GetValueOrDefault(key);
        if (!old.IsDefaultOrEmpty && --users[(key.Family, old.Length)] == 0)
        {
            users.Remove((key.Family, old.Length));
        }

        if (!targets.IsDefaultOrEmpty)
        {
            users[(key.Family, targets.Length)] = users.GetValueOrDefault((key.Family, targets.Length)) + 1;
        }

        if (targets.IsDefault)
        {
            keys.Remove(key);
        }
        else
        {
            keys[key] = targets;
        }

        return new BalanceChange(key, old, targets);
    }

    private static bool IsSame(ImmutableArray<BalanceTarget> old, List<BalanceTarget> targets)
    {
        if (old.Length != targets.Count)
        {
            return false;
        }

        // Numbers do not follow the order in which targets are told, so first the cheap question, then the true one.
        for (int i = 0; i < old.Length; i++)
        {
            if (old[i] != targets[i])
            {
                return new HashSet<BalanceTarget>(old).SetEquals(targets);
            }
        }

        return true;
    }
}
