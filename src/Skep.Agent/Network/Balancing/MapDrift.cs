using System.Net.Sockets;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Balancing;

/// <summary>Compares the maps of balancing in the kernel with what they should hold.</summary>
internal static class MapDrift
{
    /// <returns>Elements that are missing, too many, or lead elsewhere.</returns>
    public static int Count(NftDump dump, BalanceMaps maps, Balance balance, Func<BalanceKey, bool> isMeant)
    {
        int drift = 0;
        foreach (AddressFamily family in BalanceMaps.Families)
        {
            KeyValuePair<BalanceKey, WeightTable>[] keys =
                [.. balance.Keys.Where(pair => pair.Key.Family == family && isMeant(pair.Key))];
            drift += Count(dump, maps.Chains(family), keys.Where(pair => pair.Value.Entry is not null)
                .Select(pair => BalanceMaps.ChainElement(pair.Key, pair.Value.Entry!.Value)));
            drift += Count(dump, maps.Turns(family),
                keys.SelectMany(pair => BalanceMaps.TurnElements(pair.Key, pair.Value)));
            drift += Count(dump, maps.Targets(family),
                keys.SelectMany(pair => BalanceMaps.TargetElements(pair.Key, pair.Value)));
            drift += Count(dump, maps.Deserted(family), keys.Where(pair => pair.Value.Count == 0)
                .Select(pair => new NftElement(pair.Key.ToNft())));
        }

        return drift;
    }

    public static int Count(NftDump dump, NftSet set, IEnumerable<NftElement> wanted)
    {
        var there = dump.ListElements(set).Select(Text).ToHashSet();
        int missing = 0, found = 0;
        foreach (NftElement element in wanted)
        {
            if (there.Contains(Text(NftListed.Of(set, element))))
            {
                found++;
            }
            else
            {
                missing++;
            }
        }

        return missing + there.Count - found;
    }

    private static string Text(NftListed element) => $"{Convert.ToHexString(element.Key)}:"
        + (element.Value is null ? element.GoesTo : Convert.ToHexString(element.Value));
}
