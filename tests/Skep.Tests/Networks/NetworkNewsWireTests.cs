using Google.Protobuf;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;

namespace Skep.Tests.Networks;

public class NetworkNewsWireTests
{
    private static readonly ServiceFacts Service = new()
    {
        Id = new("s"), Network = new("w"), Name = "web", VirtualAddresses = ["10.0.1.2"], Aliases = ["www"],
    };

    [Fact]
    public void News_survive_the_way_over_the_wire()
    {
        var delta = new NetworkDelta
        {
            Revision = 7,
            IsComplete = true,
            DataPathPort = 4790,
            Networks =
            [
                new()
                {
                    Id = new("w"), Name = "net", Vni = 4097, IsIngress = true, IsInternal = true, IsAttachable = true,
                    IsEncrypted = true, Mtu = 1400,
                    Subnets = [new("10.0.1.0/24", "10.0.1.1"), new("fd00::/64", "fd00::1")],
                },
            ],
            GoneNetworks = [new("gone")],
            Endpoints =
            [
                new()
                {
                    Task = new("t"), Network = new("w"), Node = new("n"), Service = new("s"), Name = "web.1.t",
                    Addresses = ["10.0.1.3", "fd00::3"], Aliases = ["0123456789ab"], IsServing = true,
                },
                new() { Task = new("t0"), Network = new("w"), Node = new("n"), Weight = 0 },
                new() { Task = new("t30"), Network = new("w"), Node = new("n"), Weight = 30 },
            ],
            GoneEndpoints = [(new("w"), new("u"))],
            Services = [Service],
            GoneServices = [(new("w"), new("r"))],
            Ports =
            [
                new()
                {
                    Service = new("s"), Protocol = PortProtocol.Sctp, PublishedPort = 8080, TargetPort = 80,
                    HidesCallers = true, PrefersLocal = true,
                },
            ],
            GonePorts = [(PortProtocol.Udp, 53)],
            Peers = [new() { Node = new("n"), Index = 3, DataPathAddress = "192.0.2.3", WireGuardKey = "key" }],
            GonePeers = [new("m")],
        };
        NetworkDelta found = NetworkNewsWire.ToRecord(
            NetworkNews.Parser.ParseFrom(NetworkNewsWire.ToWire(delta).ToByteArray()));
        Assert.True(delta.Networks.SequenceEqual(found.Networks));
        Assert.True(delta.GoneNetworks.SequenceEqual(found.GoneNetworks));
        Assert.True(delta.Endpoints.SequenceEqual(found.Endpoints));
        Assert.True(delta.GoneEndpoints.SequenceEqual(found.GoneEndpoints));
        Assert.True(delta.Services.SequenceEqual(found.Services));
        Assert.True(delta.GoneServices.SequenceEqual(found.GoneServices));
        Assert.True(delta.Ports.SequenceEqual(found.Ports));
        Assert.True(delta.GonePorts.SequenceEqual(found.GonePorts));
        Assert.True(delta.Peers.SequenceEqual(found.Peers));
        Assert.True(delta.GonePeers.SequenceEqual(found.GonePeers));
        Assert.Equal((7ul, true, 4790u), (found.Revision, found.IsComplete, found.DataPathPort));
    }
}
