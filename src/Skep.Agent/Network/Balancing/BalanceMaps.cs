using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Skep.Linux.Nftables;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Balancing;

/// <summary>How balancing is written into an nftables table. Pure: it only writes messages.</summary>
/// <remarks>
/// A key leads to the chain for its number of targets; the chain's one rule draws a number below that and looks up who
/// has it. So a target that comes or goes is a few elements, whatever their number, and there is no rule for a service.
/// If targets have several weights, the key leads to the chain for its number of shares, which draws one of these and
/// looks up the chain for the targets of one weight.
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

    /// <summary>Key . share to the chain for the targets of one weight.</summary>
    public NftSet Turns(AddressFamily family) => new(
        "shares" + Suffix(family),
        (isByPort ? NftType.Protocol + NftType.Port : TypeOf(family)) + NftType.Mark, NftType.Verdict);

    /// <summary>Keys that nobody answers.</summary>
    public NftSet Deserted(AddressFamily family) =>
        new("deserted" + Suffix(family), isByPort ? NftType.Protocol + NftType.Port : TypeOf(family));

    public void AddSets(NftBatch batch)
    {
        foreach (AddressFamily family in Families)
        {
            batch.AddSet(Chains(family)).AddSet(Turns(family)).AddSet(Targets(family)).AddSet(Deserted(family));
        }
    }

    /// <summary>Everything, into maps that are empty.</summary>
    /// <param name="draws">At least those that the keys need.</param>
    public void AddAll(
        NftBatch batch,
        IEnumerable<KeyValuePair<BalanceKey, WeightTable>> keys,
        IReadOnlyCollection<Draw> draws) =>
        Change(batch, new BalanceStep([.. keys.Select(k => Whole(k.Key, k.Value))], [.. draws], []));

    public void Change(NftBatch batch, BalanceStep step)
    {
        foreach (Draw draw in step.NewDraws)
        {
            batch.AddChain(ChainFor(draw)).AddRule(ChainFor(draw), rule => Write(rule, draw));
        }

        foreach (AddressFamily family in Families)
        {
            Change(batch, family, [.. step.Changes.Where(change => change.Key.Family == family)]);
        }

        // What leads on goes before what it leads to.
        foreach (Draw draw in step.LostDraws.OrderBy(draw => draw.Weight is not null))
        {
            batch.RemoveChain(ChainFor(draw));
        }
    }

    /// <summary>What must be in the maps, for comparing.</summary>
    public static IEnumerable<NftElement> TargetElements(BalanceKey key, WeightTable table) =>
        table.Targets.Select(one => Target(key, one.Number, one.Target));

    /// <inheritdoc cref="TargetElements"/>
    public static IEnumerable<NftElement> TurnElements(BalanceKey key, WeightTable table) =>
        table.Shares.Select((draw, share) => Turn(key, share, draw));

    public static NftElement ChainElement(BalanceKey key, Draw entry) => new(key.ToNft(), GoesTo: ChainFor(entry));

    private void Write(NftRule rule, Draw draw)
    {
        (AddressFamily family, int count) = (draw.Family, draw.Count);
        switch (draw.Weight, isByPort)
        {
            case (null, true):
                rule.GoByPortAndChance(Turns(family), count);
                break;
            case (null, false):
                rule.GoByDestinationAndChance(family, Turns(family), count);
                break;
            case ({ } weight, true):
                rule.TranslateByPortAndChance(family, Targets(family), WeightTable.FirstOf(weight), count);
                break;
            case ({ } weight, false):
                rule.TranslateByAddressAndChance(family, Targets(family), WeightTable.FirstOf(weight), count);
                break;
        }
    }

    private void Change(NftBatch batch, AddressFamily family, List<BalanceChange> changes)
    {
        List<NftElement> lostTargets = [], newTargets = [], lostChains = [], newChains = [];
        List<NftElement> lostTurns = [], newTurns = [], noMoreDeserted = [], deserted = [];
        foreach (BalanceChange change in changes)
        {
            foreach (SlotChange slot in change.Targets.Slots)
            {
                Note(slot.Old is not null, lostTargets, new NftElement(SlotOf(change.Key, slot.Slot)));
                if (slot.New is { } target)
                {
                    newTargets.Add(Target(change.Key, slot.Slot, target));
                }
            }

            foreach (ShareChange turn in change.Targets.Shares)
            {
                Note(turn.Old is not null, lostTurns, new NftElement(SlotOf(change.Key, turn.Share)));
                if (turn.New is { } draw)
                {
                    newTurns.Add(Turn(change.Key, turn.Share, draw));
                }
            }

            if (change.Targets.OldEntry != change.Targets.NewEntry)
            {
                Note(change.Targets.OldEntry is not null, lostChains, new NftElement(change.Key.ToNft()));
                if (change.Targets.NewEntry is { } entry)
                {
                    newChains.Add(ChainElement(change.Key, entry));
                }
            }

            bool wasDeserted = change.Before == 0, isDeserted = change.After == 0;
            Note(wasDeserted && !isDeserted, noMoreDeserted, new NftElement(change.Key.ToNft()));
            Note(isDeserted && !wasDeserted, deserted, new NftElement(change.Key.ToNft()));
        }

        batch.RemoveElements(Chains(family), lostChains)
            .RemoveElements(Turns(family), lostTurns)
            .RemoveElements(Targets(family), lostTargets)
            .RemoveElements(Deserted(family), noMoreDeserted)
            .AddElements(Targets(family), newTargets)
            .AddElements(Turns(family), newTurns)
            .AddElements(Chains(family), newChains)
            .AddElements(Deserted(family), deserted);
    }

    private static BalanceChange Whole(BalanceKey key, WeightTable table) => new(
        key, null, table.Count, new WeightChange(
            [.. table.Targets.Select(one => new SlotChange(one.Number, null, one.Target))],
            [.. table.Shares.Select((draw, share) => new ShareChange(share, null, draw))], null, table.Entry));

    private static void Note(bool isSo, List<NftElement> elements, NftElement element)
    {
        if (isSo)
        {
            elements.Add(element);
        }
    }

    private static NftElement Target(BalanceKey key, int slot, BalanceTarget target) =>
        new(SlotOf(key, slot), target.ToNft());

    private static NftElement Turn(BalanceKey key, int share, Draw draw) =>
        new(SlotOf(key, share), GoesTo: ChainFor(draw));

    private static NftValue SlotOf(BalanceKey key, int slot) => key.ToNft().Mark((uint)slot);

    private static string ChainFor(Draw draw)
    {
        string of = string.Create(CultureInfo.InvariantCulture, $"{Suffix(draw.Family)}-{draw.Count}");
        return draw.Weight switch
        {
            null => "share" + of,
            TaskWeight.Full => "pick" + of,
            { } weight => string.Create(CultureInfo.InvariantCulture, $"pick{of}w{weight}"),
        };
    }

    private static NftType TypeOf(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? NftType.IPv4 : NftType.IPv6;

    private static string Suffix(AddressFamily family) => family == AddressFamily.InterNetwork ? "4" : "6";
}
