using System.Net;
using Skep.Agent.Network.Ports;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Tests.Network;

public class PortTests
{
    [Fact]
    public void Fixed_ports_come_before_ranges_and_chance()
    {
        IReadOnlyList<PortRequest> requests = PortRequests.Read(
            new Dictionary<string, IReadOnlyList<PortBinding>?>
            {
                ["80/tcp"] = [new PortBinding()],
                ["81/udp"] = [new PortBinding { HostPort = "9000-9010" }],
                ["82"] = [new PortBinding { HostIp = "[::1]", HostPort = "9000" }],
            },
            ["80/tcp", "90/sctp"],
            publishesAll: true);

        Assert.Equal(
            [
                new PortRequest(PortProtocol.Tcp, 82, IPAddress.IPv6Loopback, 9000, 9000),
                new PortRequest(PortProtocol.Udp, 81, null, 9000, 9010),
                new PortRequest(PortProtocol.Tcp, 80, null, 0, 0),
                new PortRequest(PortProtocol.Sctp, 90, null, 0, 0),
            ],
            requests);
    }

    [Theory]
    [InlineData("80/icmp", "", "")]
    [InlineData("eighty/tcp", "", "")]
    [InlineData("80/tcp", "10.0.0", "80")]
    [InlineData("80/tcp", "", "65536")]
    [InlineData("80/tcp", "", "90-80")]
    [InlineData("80/tcp", "", "-1")]
    public void What_is_no_port_is_refused(string key, string address, string port)
    {
        var bindings = new Dictionary<string, IReadOnlyList<PortBinding>?>
        {
            [key] = [new PortBinding { HostIp = address, HostPort = port }],
        };
        Assert.Equal(
            ErrorKind.Invalid,
            Assert.Throws<RefusedException>(() => PortRequests.Read(bindings, [], publishesAll: false)).Kind);
    }

    [Fact]
    public void A_port_on_every_address_collides_with_the_same_port_on_one()
    {
        var table = new PortTable(32768, 60999);
        var one = new PublishedPort(PortProtocol.Tcp, IPAddress.Loopback, 80, 80);
        table.Take(one);

        Assert.Equal(IPAddress.Any, table.FindTaken(PortProtocol.Tcp, [IPAddress.Any], 80));
        Assert.Null(table.FindTaken(PortProtocol.Tcp, [IPAddress.Parse("10.0.0.1")], 80));
        Assert.Null(table.FindTaken(PortProtocol.Tcp, [IPAddress.IPv6Any], 80));
        Assert.Null(table.FindTaken(PortProtocol.Udp, [IPAddress.Any], 80));
        table.Release(one);
        Assert.Null(table.FindTaken(PortProtocol.Tcp, [IPAddress.Any], 80));
        Assert.Equal(0, table.TakenCount);
    }

    [Fact]
    public void Ports_of_chance_go_round()
    {
        var table = new PortTable(100, 103);
        var any = new PortRequest(PortProtocol.Tcp, 80, null, 0, 0);
        Assert.Equal([100, 101, 102, 103], table.Candidates(any));
        table.NoteEphemeral(PortProtocol.Tcp, 102);
        Assert.Equal([103, 100, 101, 102], table.Candidates(any));
    }
}
