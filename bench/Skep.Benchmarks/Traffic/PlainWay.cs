using System.Net;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Traffic;

/// <summary>A port of the first host that leads to a server on the second one, made by hand.</summary>
/// <remarks>
/// As many hops as a published port whose task is on the other node: in at the first host, through a VXLAN tunnel, out
/// at a pair of links of the second one. One translated port and nothing else: what the kernel itself takes for such a
/// way. The caller's address is hidden, which is the simplest way back.
/// </remarks>
internal sealed class PlainWay : IAsyncDisposable
{
    /// <summary>Of the first host.</summary>
    public const int Port = 8200;

    private const int TunnelPort = 4999;

    private readonly string space;
    private readonly TrafficServer server;

    private PlainWay(string space)
    {
        this.space = space;
        server = new TrafficServer("/run/netns/" + space);
    }

    /// <param name="first">Name of the namespace that is called, and the host that lives in it.</param>
    /// <param name="second">As <paramref name="first"/>, of where the server is.</param>
    public static async Task<PlainWay> MakeAsync(
        (string Space, string Address) first, (string Space, string Address) second)
    {
        string server = second.Space + "-plain";
        (string near, string far) = ("ip netns exec " + first.Space, "ip netns exec " + second.Space);
        string Tunnel(string local, string remote) =>
            $"ip link add plain0 mtu 1450 type vxlan id 77 local {local} remote {remote} dstport {TunnelPort}";
        await new Command("bash", "-ec", $$"""
            ip netns add {{server}}
            {{near}} {{Tunnel(first.Address, second.Address)}}
            {{far}} {{Tunnel(second.Address, first.Address)}}
            ip -n {{first.Space}} addr add 10.200.0.1/24 dev plain0
            ip -n {{second.Space}} addr add 10.200.0.2/24 dev plain0
            ip -n {{first.Space}} link set plain0 up
            ip -n {{second.Space}} link set plain0 up
            ip -n {{second.Space}} link add plain1 mtu 1450 type veth peer name eth0 mtu 1450 netns {{server}}
            ip -n {{second.Space}} addr add 10.200.1.1/24 dev plain1
            ip -n {{second.Space}} link set plain1 up
            ip -n {{server}} addr add 10.200.1.2/24 dev eth0
            ip -n {{server}} link set eth0 up
            ip -n {{server}} route add default via 10.200.1.1
            ip -n {{first.Space}} route add 10.200.1.0/24 via 10.200.0.2
            {{near}} nft -f - <<'END'
            table ip plain {
                chain in {
                    type nat hook prerouting priority -110; policy accept;
                    tcp dport {{Port}} dnat to 10.200.1.2:{{TrafficServer.Port}}
                }
                chain out {
                    type nat hook postrouting priority 100; policy accept;
                    oifname "plain0" masquerade
                }
            }
            END
            """).CheckAsync();
        return new PlainWay(server);
    }

    public async ValueTask DisposeAsync()
    {
        server.Dispose();
        await new Command("ip", "netns", "del", space).RunAsync();
    }
}
