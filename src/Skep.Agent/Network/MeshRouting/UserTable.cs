using Skep.Linux.Nftables;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>A table for the rules of this host's owner. It is made once; what is in it is never looked at.</summary>
/// <remarks>
/// Forwarded packets go through it before any rule of ours, with their destination translated already; a "drop" there
/// is final. The port that was called is the original one: <c>meta l4proto tcp ct original proto-dst 8080</c>.
/// </remarks>
internal static class UserTable
{
    public const string Chain = "skep-user";

    private const int First = -10;

    public static NftBatch Make(string table) => new NftBatch(NftFamily.Inet, table)
        .AddTable()
        .AddChain(Chain, new NftHook(NftChainKind.Filter, NftHookPoint.Forward, NftHook.Filter + First));
}
