using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Tests.Network;

[Collection("kernel network")]
public class PublishedPortTests
{
    [Fact]
    public async Task A_published_port_answers_everybody()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        using var outside = new OutsideHost();
        Sandbox web = await host.Engine.OpenAsync(
            EngineHost.Publishing("web", "bridge", ("80/tcp", "28080")), default);
        Sandbox neighbour = await host.OpenAsync("neighbour", "bridge");
        Sandbox stranger = await host.OpenAsync("stranger", "app");
        host.ServeWord(web, 80, "hello");

        EngineHost.Hears("hello", () => EngineHost.CallFromHost("127.0.0.1", 28080));
        EngineHost.Hears("hello", () => EngineHost.CallFromHost(OutsideHost.Gateway, 28080));
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("::1", 28080));
        EngineHost.Hears("hello", () => outside.Call(OutsideHost.Gateway, 28080));
        EngineHost.Hears("hello", () => EngineHost.Call(neighbour, EngineHost.AddressOf(web, "bridge"), 80));
        EngineHost.Hears("hello", () => EngineHost.Call(neighbour, "10.211.0.1", 28080));
        EngineHost.Hears("hello", () => EngineHost.Call(stranger, "10.211.0.1", 28080));
        EngineHost.Hears("hello", () => EngineHost.Call(web, "10.211.0.1", 28080)); // It calls itself.

        await host.Engine.CloseAsync(web.ContainerId, default);
        Assert.Equal("", EngineHost.CallFromHost("127.0.0.1", 28080).Replace("nc: ", "", StringComparison.Ordinal)
            .Split("can't")[0]);
    }

    [Fact]
    public async Task Nobody_gets_in_by_another_way()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        using var outside = new OutsideHost();
        Sandbox web = await host.Engine.OpenAsync(
            EngineHost.Publishing("web", "bridge", ("80/tcp", "127.0.0.1:28081")), default);
        Sandbox stranger = await host.OpenAsync("stranger", "app");
        host.ServeWord(web, 80, "secret");
        string address = EngineHost.AddressOf(web, "bridge");

        EngineHost.Hears("secret", () => EngineHost.CallFromHost("127.0.0.1", 28081));
        Assert.DoesNotContain("secret", outside.Call(OutsideHost.Gateway, 28081), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", EngineHost.Call(stranger, address, 80), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", EngineHost.Call(stranger, "10.211.0.1", 28081), StringComparison.Ordinal);

        // A neighbour of the host who takes it for his router, and one who sends it packets for 127.0.0.1.
        outside.Run("ip", "route", "add", "10.211.0.0/16", "via", OutsideHost.Gateway);
        Assert.DoesNotContain("secret", outside.Call(address, 80), StringComparison.Ordinal);
        outside.RouteLoopbackToGateway();
        Assert.DoesNotContain("secret", outside.Call("127.0.0.1", 28081), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Internal_networks_and_those_without_talk_between_containers_are_shut()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        using var outside = new OutsideHost();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "inner", Internal = true }, default);
        await host.Engine.CreateAsync(
            new CreateNetworkRequest
            {
                Name = "apart",
                Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" },
            },
            default);
        Sandbox one = await host.OpenAsync("one", "inner");
        Sandbox two = await host.OpenAsync("two", "inner");
        Sandbox three = await host.OpenAsync("three", "apart");
        Sandbox four = await host.OpenAsync("four", "apart");
        host.ServeWord(two, 80, "inner");
        host.ServeWord(four, 80, "apart");
        outside.ServeWord(8099, "world");

        EngineHost.Hears("inner", () => EngineHost.Call(one, EngineHost.AddressOf(two, "inner"), 80));
        Assert.DoesNotContain("world", EngineHost.Call(one, OutsideHost.Address, 8099), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "apart", EngineHost.Call(three, EngineHost.AddressOf(four, "apart"), 80), StringComparison.Ordinal);

        // Masqueraded, or no answer came.
        EngineHost.Hears("world", () => EngineHost.Call(three, OutsideHost.Address, 8099));
    }

    [Fact]
    public async Task A_taken_port_is_refused_in_Dockers_words_and_nothing_stays_behind()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.OpenAsync(EngineHost.Publishing("a", "bridge", ("80/tcp", "28082")), default);
        SandboxRequest second = EngineHost.Publishing("b", "bridge", ("81/tcp", "28083"), ("80/tcp", "28082"));
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => host.Engine.OpenAsync(second, default));
        Assert.Matches(
            "^driver failed programming external connectivity on endpoint b \\([0-9a-f]{64}\\): "
            + "Bind for 0.0.0.0:28082 failed: port is already allocated$",
            refusal.Message);
        Assert.Null(host.Engine.FindSandbox(second.ContainerId));
        Assert.Single(host.Engine.Inspect("bridge").Containers);

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 28083));
        listener.Listen();
        refusal = await Assert.ThrowsAsync<RefusedException>(() => host.Engine.OpenAsync(
            EngineHost.Publishing("c", "bridge", ("80/tcp", "28083")), default));
        Assert.EndsWith(
            "Error starting userland proxy: listen tcp4 0.0.0.0:28083: bind: address already in use",
            refusal.Message,
            StringComparison.Ordinal);

        // A range finds what is free, and the address that was given back is given again.
        Sandbox ranged = await host.Engine.OpenAsync(
            EngineHost.Publishing("d", "bridge", ("80/tcp", "28082-28085")), default);
        Assert.Equal("28084", ranged.Ports["80/tcp"]![0].HostPort);
        Assert.Equal("10.211.0.3", EngineHost.AddressOf(ranged, "bridge"));
    }

    [Fact]
    public async Task Datagrams_follow_the_container_that_holds_the_port()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        using var caller = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        caller.Connect(IPAddress.Loopback, 28086);
        for (int round = 0; round < 2; round++)
        {
            Sandbox sandbox = await host.Engine.OpenAsync(
                EngineHost.Publishing($"udp{round}", "bridge", ("53/udp", "28086")), default);
            await host.OpenAsync($"holder{round}", "bridge"); // So that the next one gets another address.
            using UdpClient server = UdpIn(sandbox, 53);
            await caller.SendAsync(new byte[] { (byte)round });
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            UdpReceiveResult got = await server.ReceiveAsync(late.Token);
            Assert.Equal(round, got.Buffer[0]);
            await server.SendAsync(new byte[] { 9 }, got.RemoteEndPoint);
            Assert.Equal(9, (await caller.ReceiveAsync(late.Token)).Buffer[0]);
            await host.Engine.CloseAsync(sandbox.ContainerId, default);
        }
    }

    [Fact]
    public async Task Ports_of_chance_are_shown_for_both_families()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        Sandbox sandbox = await host.Engine.OpenAsync(
            EngineHost.Request("web", "bridge") with { ExposedPorts = ["80/tcp", "53/udp"], PublishAllPorts = true },
            default);
        Assert.Equal(["53/udp", "80/tcp"], sandbox.Ports.Keys.Order());
        IReadOnlyList<PortBinding> bindings = sandbox.Ports["80/tcp"]!;
        Assert.Equal(["0.0.0.0", "::"], bindings.Select(b => b.HostIp));
        Assert.Single(bindings.Select(b => b.HostPort).Distinct());
    }

    private static UdpClient UdpIn(Sandbox sandbox, int port)
    {
        Skep.Linux.Namespaces.BoundDescriptor bound = Skep.Linux.Namespaces.NetworkNamespace.Enter(
            sandbox.NetnsPath, () => Skep.Linux.Namespaces.InsideNamespace.OpenUdp(IPAddress.Any, port));
        var client = new UdpClient { Client = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true)) };
        return client;
    }
}
