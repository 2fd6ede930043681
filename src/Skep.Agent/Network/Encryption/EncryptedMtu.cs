using Skep.Agent.Network.Overlay;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Encryption;

/// <summary>How large the encrypted link's packets are. Pure.</summary>
/// <remarks>
/// What it costs is paid per packet, nearly whatever its size. So a network may ask for large ones with an MTU of its
/// own: then the link takes them whole, they are encrypted as one, and the kernel cuts them for the way between the
/// nodes. Nobody gets that unasked, for some ways lead through devices that let no pieces pass.
/// </remarks>
internal static class EncryptedMtu
{
    /// <summary>What a network's MTU is at least if it asks for large packets.</summary>
    /// <remarks>
    /// Several times what Ethernet carries: a little more than fits is no wish to have pieces on the way.
    /// </remarks>
    public const int Large = 4096;

    /// <summary>An encrypted packet has 65,535 bytes at most, with everything around it.</summary>
    public const int Largest = ushort.MaxValue - EncryptionLimits.OverheadBytes;

    /// <summary>What fits between the nodes in one piece.</summary>
    /// <param name="underlayMtu">Of the link that has the node's data-path address; 0: not known.</param>
    public static int InOnePiece(int underlayMtu) =>
        (underlayMtu > 0 ? underlayMtu : OverlayWish.EthernetMtu) - EncryptionLimits.OverheadBytes;

    /// <summary>The link's own: the largest that one of the networks needs.</summary>
    public static int OfLink(int underlayMtu, NetworkState state) => Math.Min(Largest, Math.Max(
        InOnePiece(underlayMtu),
        state.Networks.Values.Where(static n => n.IsEncrypted && n.Mtu >= Large)
            .Select(static n => n.Mtu + OverlayWish.OverheadIPv4).DefaultIfEmpty().Max()));
}
