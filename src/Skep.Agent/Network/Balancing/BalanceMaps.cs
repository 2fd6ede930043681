using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Balancing;

/// <summary>How balancing is written into an nftables table. Pure: it only writes messages.</summary>
/// <remarks>
/// A key leads to the chain for its number of targets; the chain's one rule draws a number below that and looks up who
/// has it. So a target that comes or goes is a few elements, whatever their number, and there is no rule for a service.
/// </remarks>
/// <param name="keyName">"vips" or "ports": what the maps are named after.</param>
/// <param name="isByPort">Keys are ports, not addresses.</param>
internal sealed class BalanceMaps(string keyName, bool isByPort)
{
    public static readonly ImmutableArray<AddressFamily> Families =
        [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>Key to the chain that chooses.</summary>
    public NftSet Chains(AddressFamily family) =>
        new(keyName + Suffix(family), isByPort ? NftType.Protocol + NftType.Port : TypeOf(family), NftType.Verdict);

    /// <summary>Key . number to target.</summary>
    public NftSet Targets(AddressFamily family) => isByPort
        ? new("targets" + Suffix(family), NftType.Protocol + NftType.Port + NftType.Mark,
            TypeOf(family) + NftType.Port)
        : new("targets" + Suffix(family), TypeOf(family) + NftType.Mark, TypeOf(family));

    /// <summary>Keys that nobody answers.</summary>
    public NftSet Deserted(AddressFamily family) =>
        new("deserted" + Suffix(family), isByPort ? NftType.Protocol + NftType.Port : TypeOf(family));

    public void AddSets(NftBatch batch)
    {
        foreach (AddressFamily family in Families)
        {
            batch.AddSet(Chains(family)).AddSet(Targets(family)).AddSet(Deserted(family));
        }
    }

    /// <summary>Everything, into maps that are empty.</summary>
    /// <param name="counts">At least the numbers of targets that occur.</param>
    public void AddAll(
        NftBatch batch,
        IEnumerable<KeyValuePair<BalanceKey, SlotTable>> keys,
        IReadOnlyCollection<(AddressFamily Family, int Count)> counts) =>
        Change(batch, new BalanceStep([.. keys.Select(k => Whole(k.Key, k.Value.Targets))], [.. counts], []));

    public void Change(NftBatch batch, BalanceStep step)
    {
        foreach ((AddressFamily family, int count) in step.NewCounts)
        {
            batch.AddChain(ChainFor(family, count)).AddRule(ChainFor(family, count), rule =>
            {
                if (isByPort)
                {
                    rule.TranslateByPortAndChance(family, Targets(family), count);
                }
                else
                {
                    rule.TranslateByAddressAndChance(family, Targets(family), count);
                }
            });
        }

        foreach (AddressFamily family in Families)
        {
            Change(batch, family, [.. step.Changes.Where(change => change.Key.Family == family)]);
        }

        foreach ((AddressFamily family, int count) in step.LostCounts)
        {
            batch.RemoveChain(ChainFor(family, count));
        }
    }

    /// <summary>What must be in the maps, for comparing.</summary>
    public static IEnumerable<NftElement> TargetElements(BalanceKey key, IReadOnlyList<BalanceTarget> targets) =>
        targets.Select((target, slot) => Target(key, slot, target));

    public static NftElement ChainElement(BalanceKey key, int count) =>
        new(key.ToNft(), GoesTo: ChainFor(key.Family, count));

    private void Change(NftBatch batch, AddressFamily family, List<BalanceChange> changes)
    {
        List<NftElement> lostTargets = [], newTargets = [], lostChains = [], newChains = [];
        List<NftElement> noMoreDeserted = [], deserted = [];
        foreach (BalanceChange change in changes)
        {
            foreach (SlotChange slot in change.Slots)
            {
                Note(slot.Old is not null, lostTargets, new NftElement(SlotOf(change.Key, slot.Slot)));
                if (slot.New is { } target)
                {
                    newTargets.Add(Target(change.Key, slot.Slot, target));
                }
            }

            int before = change.Before ?? 0, after = change.After ?? 0;
            if (before != after)
            {
                Note(before > 0, lostChains, new NftElement(change.Key.ToNft()));
                Note(after > 0, newChains, ChainElement(change.Key, after));
            }

            bool wasDeserted = change.Before == 0, isDeserted = change.After == 0;
            Note(wasDeserted && !isDeserted, noMoreDeserted, new NftElement(change.Key.ToNft()));
            Note(isDeserted && !wasDeserted, deserted, new NftElement(change.Key.ToNft()));
        }

        batch.RemoveElements(Chains(family), lostChains)
            .RemoveElements(Targets(family), lostTargets)
            .RemoveElements(Deserted(family), noMoreDeserted)
            .AddElements(Targets(family), newTargets)
            .AddElements(Chains(family), newChains)
            .AddElements(Deserted(family), deserted);
    }

    private static BalanceChange Whole(BalanceKey key, IReadOnlyList<BalanceTarget> targets) =>
        new(key, null, targets.Count, [.. targets.Select((target, slot) => new SlotChange(slot, null, target))]);

    private static void Note(bool isSo, List<NftElement> elements, NftElement element)
    {
        if (isSo)
        {
            elements.Add(element);
        }
    }

    private static NftElement Target(BalanceKey key, int slot, BalanceTarget target) =>
        new(SlotOf(key, slot), target.ToNft());

    private static NftValue SlotOf(BalanceKey key, int slot) => key.ToNft().Mark((uint)slot);

    private static string ChainFor(AddressFamily family, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"pick{Suffix(family)}-{count}");

    private static NftType TypeOf(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? NftType.IPv4 : NftType.IPv6;

    private static string Suffix(AddressFamily family) => family == AddressFamily.InterNetwork ? "4" : "6";
}
