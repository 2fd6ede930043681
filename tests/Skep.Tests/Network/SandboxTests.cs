using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network;

[Collection("kernel network")]
public class SandboxTests
{
    [Fact]
    public async Task A_container_on_the_default_bridge_has_an_address_and_a_way_out()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        Sandbox sandbox = await host.OpenAsync("web", "bridge");

        Assert.Equal("10.211.0.2", EngineHost.AddressOf(sandbox, "bridge"));
        Assert.Equal("02:42:0a:d3:00:02", sandbox.Settings.MacAddress);
        Assert.Contains(
            "10.211.0.2/24", EngineHost.Ip(sandbox, "-4", "addr", "show", "eth0"), StringComparison.Ordinal);
        Assert.Equal("default via 10.211.0.1 dev eth0 \n", EngineHost.Ip(sandbox, "route", "show", "default"));
        Assert.Contains("1 packets received", TestNamespace.RunIn(
            sandbox.NetnsPath, "busybox", "ping", "-c1", "-W2", "10.211.0.1"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("inet6 fe80", EngineHost.Ip(sandbox, "addr", "show", "eth0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_get_different_addresses_and_leave_nothing()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        int descriptors = 0;
        for (int round = 0; round < 3; round++)
        {
            Sandbox[] opened = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Engine.OpenAsync(
                EngineHost.Publishing($"c{i}", i % 2 == 0 ? "bridge" : "app", ("80/tcp", "0")), default)));
            Assert.Equal(20, opened.SelectMany(s => s.Networks.Values).Select(e => e.IPAddress).Distinct().Count());
            Assert.Equal(20, opened.Select(s => s.Ports["80/tcp"]![0].HostPort).Distinct().Count());
            await Task.WhenAll(opened.Select(s => host.Engine.CloseAsync(s.ContainerId, default)));
            descriptors = round == 0 ? Descriptors() : descriptors;
        }

        Assert.InRange(Descriptors(), 0, descriptors + 10);
        Assert.Empty(host.Engine.Inspect("app").Containers);
        Assert.Equal("10.211.1.2", EngineHost.AddressOf(await host.OpenAsync("next", "app"), "app"));
        Assert.DoesNotContain(
            "elements", TestNamespace.RunIn(
                "/proc/self/ns/net", "nft", "list", "map", "inet", host.Instance.Name, "ports4"),
            StringComparison.Ordinal);
        Assert.Single(
            TestNamespace.RunIn("/proc/self/ns/net", "ip", "-o", "link").Split('\n'),
            l => l.Contains("skv" + host.Instance.Id, StringComparison.Ordinal));

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
    }
}

[CollectionDefinition("kernel network", DisableParallelization = true)]
public sealed class KernelNetwork;
