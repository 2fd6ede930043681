using System.Net;
using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;
using Skep.Tests.Linux.Namespaces;
using Skep.Tests.Network.Overlay;

namespace Skep.Tests.Network;

/// <summary>Containers on networks of the swarm, as the engine of one node puts them there.</summary>
public sealed class OverlayEngineTests
{
    private readonly NetworkRecord red = OverlayNode.Network("r", 4301, "10.30.0.0/24", "10.30.0.1");

    [Fact]
    public async Task A_container_has_its_address_a_hidden_way_out_and_keeps_both_over_a_restart()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.LearnAsync("task", [red], default);
        Sandbox sandbox = await host.Engine.OpenAsync(Request("web.1", "10.30.0.5"), default);

        EndpointSettings place = sandbox.Networks["net-r"];
        Assert.Equal("net-r", Assert.Single(sandbox.Networks).Key);
        Assert.Equal(("10.30.0.5", 24, ""), (place.IPAddress, place.IPPrefixLen, place.Gateway));
        Assert.Equal("02:42:0a:1e:00:05", place.MacAddress);
        Assert.Equal(["10.30.0.5"], sandbox.HostsEntries.Select(e => e.Address));
        Assert.Contains("10.30.0.5/24", EngineHost.Ip(sandbox, "addr", "show", "eth0"), StringComparison.Ordinal);
        NetworkInspect way = host.Engine.Inspect(NetworkRecord.GatewayBridge);
        EndpointResource hidden = Assert.Single(way.Containers).Value;
        Assert.Equal("gateway_" + sandbox.SandboxId[..12], hidden.Name);
        Assert.Contains(
            hidden.IPv4Address, EngineHost.Ip(sandbox, "addr", "show", "eth1"), StringComparison.Ordinal);
        Assert.Equal("eth1", EngineHost.Ip(sandbox, "route", "show", "default").Split(' ')[4]);
        Assert.Equal("swarm", host.Engine.Inspect("net-r").Scope);

        await host.RestartAsync(sandbox.ContainerId);
        Assert.Equal("10.30.0.5", host.Engine.FindSandbox(sandbox.ContainerId)!.Networks["net-r"].IPAddress);
        Assert.Equal("0% packet loss", Loss(sandbox, "10.30.0.1"));

        await host.Engine.CloseAsync(sandbox.ContainerId, default);
        Assert.DoesNotContain(host.Engine.List(Filters.None), n => n.Name == "net-r");
        Assert.Empty(host.Engine.Inspect(NetworkRecord.GatewayBridge).Containers);
    }

    [Fact]
    public async Task A_network_of_the_node_that_leads_out_needs_no_hidden_one()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.LearnAsync("task", [red], default);
        Sandbox sandbox = await host.Engine.OpenAsync(Request("web.1", "10.30.0.5"), default);
        await host.Engine.ConnectAsync(sandbox.ContainerId, "bridge", null, default);
        Assert.Empty(host.Engine.Inspect(NetworkRecord.GatewayBridge).Containers);
        Assert.Equal("eth2", EngineHost.Ip(sandbox, "route", "show", "default").Split(' ')[4]);

        await host.Engine.DisconnectAsync(sandbox.ContainerId, "bridge", default);
        Assert.Single(host.Engine.Inspect(NetworkRecord.GatewayBridge).Containers);
        Assert.Equal("eth1", EngineHost.Ip(sandbox, "route", "show", "default").Split(' ')[4]);
    }

    [Fact]
    public async Task An_internal_network_leads_nowhere_and_two_subnets_reach_each_other()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        NetworkRecord two = red with
        {
            IsInternal = true,
            Subnets =
            [
                .. red.Subnets,
                new SubnetRecord
                {
                    Range = Skep.Agent.Network.Addresses.Subnet.Parse("10.32.0.0/24"),
                    Gateway = IPAddress.Parse("10.32.0.1"),
                    IsChosenByUser = true,
                },
            ],
        };
        await host.Engine.LearnAsync("task", [two], default);
        Sandbox first = await host.Engine.OpenAsync(Request("web.1", "10.30.0.5"), default);
        Sandbox second = await host.Engine.OpenAsync(Request("web.2", "10.32.0.5"), default);
        Assert.Equal("", EngineHost.Ip(first, "route", "show", "default"));
        Assert.Equal("0% packet loss", Loss(first, "10.32.0.5"));
        Assert.Equal("0% packet loss", Loss(second, "10.30.0.5"));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_leaves_nothing()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.LearnAsync("task", [red], default);
        RefusedException none = await Assert.ThrowsAsync<RefusedException>(
            () => host.Engine.OpenAsync(Request("web.1", ""), default));
        Assert.Equal("the swarm's managers have given no address on network net-r", none.Message);
        RefusedException mac = Assert.Throws<RefusedException>(() => host.Engine.ValidateEndpoint(
            "net-r", new EndpointSettings { MacAddress = "02:00:00:00:00:01" }));
        Assert.Contains("hardware address follows from the IP address", mac.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(host.Instance.ExecRoot, "netns")));
        await host.Engine.ForgetAsync("task", default);
        Assert.DoesNotContain(host.Engine.List(Filters.None), n => n.Name == "net-r");
    }

    private SandboxRequest Request(string name, string address) => EngineHost.Request(name) with
    {
        Endpoints =
        [
            KeyValuePair.Create<string, EndpointSettings?>("net-r", new EndpointSettings
            {
                NetworkId = red.Id, IpamConfig = new EndpointIpam { IPv4Address = address },
            }),
        ],
    };

    private static string Loss(Sandbox from, string address)
    {
        (_, string output) = TestNamespace.TryRunIn(
            from.NetnsPath, "busybox", "ping", "-c", "1", "-W", "2", address);
        return output.Contains(" 0% packet loss", StringComparison.Ordinal) ? "0% packet loss" : output;
    }
}
