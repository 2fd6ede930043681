using System.Net;
using Skep.Agent.Network.Encryption;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Tests.Network.Encryption;

public class EncryptionTests
{
    private const string KeyOfTwo = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
    private const string OtherKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=";
    private const string HexOfTwo = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

    // RFC 7748, section 5.2.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void A_point_is_multiplied_as_the_standard_says(string secret, string point, string product) =>
        Assert.Equal(product, Hex(Curve25519.Multiply(Bytes(secret), Bytes(point))), ignoreCase: true);

    // Pairs made by WireGuard's own tools.
    [Theory]
    [InlineData(
        "40e0f21e20db214c16939144a1194373f23b6d0be73d8a340ce9d41c416e1679",
        "9b4d8d411ddccb046c5f0c0c250d44c930d8df66c2dc41a1df42ad7ae5c8be3c")]
    [InlineData(
        "684589a18fe16865ef24958375a37025df056e2354b1bcb12719a14e2d32887a",
        "65e053b6cc65f245882408d10fdaff44b5a0599052ea995bdac323adb993e91f")]
    [InlineData(
        "a8e93d22e7d6497c96d0428e2c765fd9053c57ced27d4ce07a57a9c8f0349677",
        "29c9961f98f970cc8cbc7ecfca984441b251c1248df23776a4f1ce0fe674ae25")]
    public void A_public_key_follows_from_the_secret_one(string secret, string expected) =>
        Assert.Equal(expected, Hex(Curve25519.PublicOf(Bytes(secret))));

    [Fact]
    public void Peers_with_keys_are_told_of_and_those_that_change_or_go_are_changed()
    {
        NetworkState state = State(KeyOfTwo, "10.9.0.2", port: 4789);
        Dictionary<string, WireGuardPeer> wanted = WireGuardPeers.Of(state);
        string all = $"public_key={HexOfTwo}\nendpoint=10.9.0.2:4790\npersistent_keepalive_interval=25\n"
            + "replace_allowed_ips=true\nallowed_ip=100.65.1.44/32\n";
        Assert.Equal(all, WireGuardPeers.Change(new Dictionary<string, WireGuardPeer>(), wanted));
        Assert.Equal("", WireGuardPeers.Change(WireGuardPeers.Read(all), wanted));

        Dictionary<string, WireGuardPeer> moved = WireGuardPeers.Of(State(KeyOfTwo, "10.9.0.7", port: 4789));
        Assert.Contains("endpoint=10.9.0.7:4790", WireGuardPeers.Change(wanted, moved), StringComparison.Ordinal);
        Assert.Equal(
            $"public_key={HexOfTwo}\nremove=true\n",
            WireGuardPeers.Change(wanted, WireGuardPeers.Of(State("", "10.9.0.2", port: 4789))));
    }

    [Fact]
    public void Everybody_is_greeted_with_words_that_change_nothing_else()
    {
        Assert.Equal(
            "public_key=aa\nupdate_only=true\npersistent_keepalive_interval=0\n"
            + "public_key=bb\nupdate_only=true\npersistent_keepalive_interval=0\n",
            WireGuardPeers.Greet(["bb", "aa"], isBegun: false));
        Assert.Equal(
            "public_key=aa\nupdate_only=true\npersistent_keepalive_interval=25\n",
            WireGuardPeers.Greet(["aa"], isBegun: true));
    }

    [Theory]
    [InlineData(false, "one", KeyOfTwo, 300u)]
    [InlineData(true, "two", KeyOfTwo, 300u)]
    [InlineData(true, "two", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmp=", 300u)]
    [InlineData(false, "two", "", 300u)]
    [InlineData(false, "two", OtherKey, 300u)]
    [InlineData(false, "two", KeyOfTwo, 0u)]
    public void Of_two_nodes_with_one_key_the_later_one_is_to_choose_another(
        bool isDoubled, string self, string key, uint index)
    {
        NetworkState state = State(key, "10.9.0.2", port: 4789);
        PeerFacts one = state.Peers[new NodeId("one")] with { WireGuardKey = KeyOfTwo };
        PeerFacts two = state.Peers[new NodeId("two")] with { Index = index };
        Assert.Equal(isDoubled, WireGuardPeers.IsDoubled(state with
        {
            Self = new NodeId(self),
            Peers = state.Peers.SetItem(one.Node, one).SetItem(two.Node, two),
        }));
    }

    [Fact]
    public void A_node_without_a_key_has_no_secret_address()
    {
        NetworkState state = State(KeyOfTwo, "10.9.0.2", port: 4789);
        Assert.Equal(IPAddress.Parse("100.65.1.44"), WireGuardPeers.AddressOf(state, new NodeId("two")));
        Assert.Null(WireGuardPeers.AddressOf(state, new NodeId("one")));
        Assert.Null(WireGuardPeers.AddressOf(state, new NodeId("nobody")));
        Assert.Null(WireGuardPeers.AddressOf(State("AAAA", "10.9.0.2", port: 4789), new NodeId("two")));
    }

    [Theory]
    [InlineData(1500, 0, 1420)]
    [InlineData(1500, 1450, 1420)] // No wish for pieces on the way: what does not fit is cut before it is encrypted.
    [InlineData(1500, 4095, 1420)]
    [InlineData(1500, 4096, 4146)]
    [InlineData(1500, 65535, 65455)]
    [InlineData(9000, 8000, 8920)]
    [InlineData(0, 0, 1420)]
    public void The_link_takes_packets_as_large_as_an_encrypted_network_asks_for(int underlay, int asked, int expected)
    {
        NetworkState state = With(State(KeyOfTwo, "10.9.0.2", port: 4789), "a", asked, isEncrypted: true);
        Assert.Equal(expected, EncryptedMtu.OfLink(underlay, state));
        Assert.Equal(expected, EncryptedMtu.OfLink(underlay, With(state, "b", 0, isEncrypted: true)));
        Assert.Equal(expected, EncryptedMtu.OfLink(underlay, With(state, "b", 65000, isEncrypted: false)));
    }

    private static NetworkState With(NetworkState state, string id, int mtu, bool isEncrypted)
    {
        var network = new NetworkFacts { Id = new NetworkId(id), Mtu = mtu, IsEncrypted = isEncrypted };
        return state with { Networks = state.Networks.Add(network.Id, network) };
    }

    private static NetworkState State(string key, string address, uint port) => NetworkState.Empty with
    {
        Self = new NodeId("one"),
        DataPathPort = port,
        Peers = NetworkState.Empty.Peers
            .Add(new NodeId("one"), new PeerFacts { Node = new NodeId("one"), Index = 1, DataPathAddress = "10.9.0.1" })
            .Add(new NodeId("two"), new PeerFacts
            {
                Node = new NodeId("two"), Index = 300, DataPathAddress = address, WireGuardKey = key,
            }),
    };

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
