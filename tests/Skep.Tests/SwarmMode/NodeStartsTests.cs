using System.Net;
using Skep.Swarm;
using Skep.SwarmMode;

namespace Skep.Tests.SwarmMode;

public class NodeStartsTests
{
    private static readonly AddressChoice Addresses =
        new([new SystemInterface("eth0", true, true, [IPAddress.Parse("192.0.2.7")])], [], "");

    [Fact]
    public void Init_without_wishes_founds_a_swarm_on_the_only_address()
    {
        (NodeSettings settings, NodeStart start) = NodeStarts.ForInit(Init(), null, Addresses);
        Assert.Equal("0.0.0.0:2377", settings.ListenAddress);
        Assert.Equal("192.0.2.7:2377", settings.AdvertiseAddress);
        Assert.Equal("192.0.2.7", settings.LocalAddress);
        Assert.Equal("active", settings.Availability);
        Assert.Equal(4789u, start.Founding!.DataPathPort);
        Assert.Equal(0u, start.Founding.SubnetSize);
        Assert.False(start.ForceNewCluster);
    }

    [Theory]
    [InlineData(0u, 24u)]
    [InlineData(26u, 26u)]
    public void Pools_bring_a_subnet_size(uint asked, uint taken)
    {
        InitOptions options = Init() with { DefaultAddressPools = [" 10.20.0.0/16 "], SubnetSize = asked };
        Founding founding = NodeStarts.ForInit(options, null, Addresses).Start.Founding!;
        Assert.Equal("10.20.0.0/16", Assert.Single(founding.AddressPools));
        Assert.Equal(taken, founding.SubnetSize);
    }

    [Theory]
    [InlineData("10.20.0.0/16", 30u, 0u, "subnet size is out of range: 30")]
    [InlineData("10.20.0.0/16", 12u, 0u, "invalid CIDR: \"10.20.0.0/16\". Subnet size is too small for pool: 12")]
    [InlineData("10.20.0.0", 24u, 0u, "invalid base pool 10.20.0.0: invalid CIDR address: 10.20.0.0")]
    [InlineData("10.0.0.0/8", 24u, 80u, "Datapath port number is not in valid range (1024-49151) : 80")]
    public void What_no_network_could_be_made_of_is_refused(string pool, uint size, uint port, string refusal)
    {
        InitOptions options = Init() with
        {
            DefaultAddressPools = [pool],
            SubnetSize = size,
            DataPathPort = port,
        };
        RefusedException e = Assert.Throws<RefusedException>(() => NodeStarts.ForInit(options, null, Addresses));
        Assert.Equal(refusal, e.Message);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
    }

    [Fact]
    public void Force_without_a_swarm_founds_one()
    {
        NodeStart start = NodeStarts.ForInit(Init() with { ForceNewCluster = true }, null, Addresses).Start;
        Assert.NotNull(start.Founding);
        Assert.False(start.ForceNewCluster);
    }

    [Fact]
    public void Joining_adds_the_port_and_keeps_the_token_out_of_sight()
    {
        var options = new JoinOptions
        {
            ListenAddress = "0.0.0.0:2377",
            AdvertiseAddress = "",
            DataPathAddress = "",
            RemoteAddresses = ["127.0.0.1", "192.0.2.2:99"],
            JoinToken = "SWMTKN-1-a-b",
            Availability = "Drain",
        };
        (NodeSettings settings, NodeStart start) = NodeStarts.ForJoin(options, Addresses);
        Assert.Equal("127.0.0.1:2377 192.0.2.2:99", string.Join(' ', start.JoinAddresses));
        Assert.Equal("127.0.0.1:2377", settings.RemoteAddress);
        Assert.Equal("127.0.0.1", settings.LocalAddress);
        Assert.Equal("", settings.AdvertiseAddress);
        Assert.Equal("drain", settings.Availability);
        Assert.True(settings.IsJoining);
        Assert.DoesNotContain("SWMTKN", start.ToString(), StringComparison.Ordinal);
    }

    private static InitOptions Init() => new()
    {
        ListenAddress = "0.0.0.0:2377",
        AdvertiseAddress = "",
        DataPathAddress = "",
        DataPathPort = 0,
        ForceNewCluster = false,
        AutoLockManagers = false,
        DefaultAddressPools = [],
        SubnetSize = 0,
        Availability = "",
    };
}
