using System.Net;
using System.Text;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Encryption;

/// <param name="Host">Where its encrypted packets go.</param>
/// <param name="Address">Its address inside the tunnel, and the only one that it may send from.</param>
internal sealed record WireGuardPeer(IPEndPoint Host, IPAddress Address);

/// <summary>Who this node speaks with in secret, and how WireGuard's program is told. Pure.</summary>
/// <remarks>
/// The words are those of WireGuard's cross-platform interface: lines of key=value, keys in hexadecimal.
/// </remarks>
internal static class WireGuardPeers
{
    /// <summary>Keeps the way through a translating router open; WireGuard's own advice.</summary>
    private const int KeepaliveSeconds = 25;

    public static int PortOf(NetworkState state) => (int)state.DataPathPort + 1;

    /// <summary>100.65.0.0/16 and the node's index.</summary>
    public static IPAddress AddressOf(uint index) => new([100, 65, (byte)(index >> 8), (byte)index]);

    /// <returns>Null: the node has no key or no place yet, so nobody speaks with it in secret.</returns>
    public static IPAddress? AddressOf(NetworkState state, NodeId node) =>
        state.Peers.TryGetValue(node, out PeerFacts? peer) && KeyOf(peer) is not null ? AddressOf(peer.Index) : null;

    /// <summary>
    /// Whether a node that came before this one is known by the same key. The others then reach only one of the two,
    /// and this one is to choose another.
    /// </summary>
    public static bool IsDoubled(NetworkState state) =>
        state.Peers.TryGetValue(state.Self, out PeerFacts? own) && KeyOf(own) is { } key
        && state.Peers.Values.Any(peer => peer.Index < own.Index && KeyOf(peer) == key);

    /// <returns>Public key in hexadecimal to what is known of its owner.</returns>
    public static Dictionary<string, WireGuardPeer> Of(NetworkState state)
    {
        var peers = new Dictionary<string, WireGuardPeer>();
        foreach (PeerFacts peer in state.Peers.Values)
        {
            if (peer.Node != state.Self && KeyOf(peer) is { } key
                && IPAddress.TryParse(peer.DataPathAddress, out IPAddress? host))
            {
                peers[key] = new WireGuardPeer(new IPEndPoint(host, PortOf(state)), AddressOf(peer.Index));
            }
        }

        return peers;
    }

    /// <summary>What turns what is known into what is wanted; empty: nothing is to be done.</summary>
    public static string Change(
        IReadOnlyDictionary<string, WireGuardPeer> known, IReadOnlyDictionary<string, WireGuardPeer> wanted)
    {
        var text = new StringBuilder();
        foreach (string key in known.Keys.Where(k => !wanted.ContainsKey(k)).Order(StringComparer.Ordinal))
        {
            text.Append("public_key=").Append(key).Append("\nremove=true\n");
        }

        foreach ((string key, WireGuardPeer peer) in wanted.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            if (known.TryGetValue(key, out WireGuardPeer? old) && old == peer)
            {
                continue;
            }

            text.Append("public_key=").Append(key)
                .Append("\nendpoint=").Append(peer.Host)
                .Append("\npersistent_keepalive_interval=").Append(KeepaliveSeconds)
                .Append("\nreplace_allowed_ips=true\nallowed_ip=").Append(peer.Address).Append("/32\n");
        }

        return text.ToString();
    }

    /// <summary>Has the program greet everybody at once, as it does when it begins to keep a way open.</summary>
    public static string Greet(IEnumerable<string> keys, bool isBegun) => string.Concat(
        keys.Order(StringComparer.Ordinal).Select(key =>
            $"public_key={key}\nupdate_only=true\npersistent_keepalive_interval={(isBegun ? KeepaliveSeconds : 0)}\n"));

    /// <summary>Reads the program's own list.</summary>
    public static Dictionary<string, WireGuardPeer> Read(string answer)
    {
        var peers = new Dictionary<string, WireGuardPeer>();
        string key = "";
        foreach (string line in answer.Split('\n'))
        {
            string[] halves = line.Split('=', 2);
            if (halves is ["public_key", var next])
            {
                key = next;
                peers[key] = new WireGuardPeer(new IPEndPoint(IPAddress.Any, 0), IPAddress.Any);
            }
            else if (halves is ["endpoint", var endpoint] && IPEndPoint.TryParse(endpoint, out IPEndPoint? host))
            {
                peers[key] = peers[key] with { Host = host };
            }
            else if (halves is ["allowed_ip", var range] && IPAddress.TryParse(range.Split('/')[0], out IPAddress? own))
            {
                peers[key] = peers[key] with { Address = own };
            }
        }

        return peers;
    }

    private static string? KeyOf(PeerFacts peer)
    {
        Span<byte> bytes = stackalloc byte[Curve25519.KeyBytes];
        return Convert.TryFromBase64String(peer.WireGuardKey, bytes, out int count) && count == bytes.Length
            ? Convert.ToHexStringLower(bytes)
            : null;
    }
}
