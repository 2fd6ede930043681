using System.Net.Sockets;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Balancing;

/// <summary>The table in a task's own namespace that leads services' addresses to their tasks. Pure.</summary>
/// <remarks>
/// Only what the task itself sends is translated, so callers and the called see each other's true addresses, and a task
/// that calls its own service may get itself. Which target a connection has is remembered by connection tracking alone.
/// </remarks>
internal static class VipTable
{
    public const string Name = "skep-vip";

    public static readonly BalanceMaps Maps = new("vips", isByPort: false);

    private const string Output = "output", Unanswered = "unanswered";
    private const byte Tcp = 6;

    /// <summary>The whole table, in place of whatever there was.</summary>
    public static NftBatch Replace(
        IEnumerable<KeyValuePair<BalanceKey, WeightTable>> keys, IReadOnlyCollection<Draw> draws)
    {
        NftBatch batch = new NftBatch(NftFamily.Inet, Name).ReplaceTable();
        Maps.AddSets(batch);
        batch.AddChain(Output, new NftHook(NftChainKind.Nat, NftHookPoint.Output, NftHook.DestinationNat))
            .AddChain(Unanswered, new NftHook(NftChainKind.Filter, NftHookPoint.Output, NftHook.Filter));
        foreach (AddressFamily family in BalanceMaps.Families)
        {
            batch.AddRule(Output, rule => rule.GoByDestination(family, Maps.Chains(family)))
                .AddRule(Unanswered, rule => rule.IsToIn(family, Maps.Deserted(family)).IsTransport(Tcp).Reset())
                .AddRule(Unanswered, rule => rule.IsToIn(family, Maps.Deserted(family)).Reject());
        }

        Maps.AddAll(batch, keys, draws);
        return batch;
    }

    public static NftBatch Change(BalanceStep step)
    {
        var batch = new NftBatch(NftFamily.Inet, Name);
        Maps.Change(batch, step);
        return batch;
    }

    public static NftBatch Remove() => new NftBatch(NftFamily.Inet, Name).AddTable().RemoveTable();
}
