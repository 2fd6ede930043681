using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;
using Skep.Tests.Linux.Namespaces;
using Skep.Tests.Names;

namespace Skep.Tests.Network;

[Collection("kernel network")]
public class NetworkEngineTests
{
    [Fact]
    public async Task Networks_are_made_found_listed_and_removed_as_in_Docker()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        var request = new CreateNetworkRequest
        {
            Name = "app",
            Labels = new Dictionary<string, string> { ["tier"] = "front" },
            Ipam = new Ipam
            {
                Config =
                [
                    new IpamConfig
                    {
                        Subnet = "10.209.0.0/16",
                        IPRange = "10.209.5.0/24",
                        Gateway = "10.209.5.254",
                        AuxiliaryAddresses = new Dictionary<string, string> { ["router"] = "10.209.5.1" },
                    },
                ],
            },
        };
        string id = (await host.Engine.CreateAsync(request, default)).Id;
        Sandbox sandbox = await host.OpenAsync("web", "app");
        Assert.Equal("10.209.5.0", EngineHost.AddressOf(sandbox, "app"));
        Assert.Equal("10.209.5.2", EngineHost.AddressOf(await host.OpenAsync("db", id[..12]), "app"));

        NetworkInspect shown = host.Engine.Inspect("app");
        Assert.Equal((id, "bridge", "local"), (shown.Id, shown.Driver, shown.Scope));
        Assert.Equal("10.209.5.0/24", Assert.Single(shown.Ipam.Config!).IPRange);
        Assert.Equal("10.209.5.0/16", shown.Containers[sandbox.ContainerId].IPv4Address);

        await Refused("network with name app already exists", ErrorKind.Conflict,
            host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default));
        await Refused("invalid pool request: Pool overlaps with other one on this address space", ErrorKind.Forbidden,
            host.Engine.CreateAsync(request with { Name = "app2" }, default));
        await Refused($"error while removing network: network app id {id} has active endpoints", ErrorKind.Forbidden,
            host.Engine.RemoveAsync("app", default));
        await Refused("bridge is a pre-defined network and cannot be removed", ErrorKind.Forbidden,
            host.Engine.RemoveAsync("bridge", default));
        await Refused("network nope not found", ErrorKind.NotFound, host.Engine.RemoveAsync("nope", default));

        Assert.Equal(4, host.Engine.List(Filters.None).Count);
        Assert.Equal(["app"], Listed(host, ("type", "custom")));
        Assert.Equal(["app"], Listed(host, ("label", "tier=front"), ("driver", "bridge")));
        Assert.Equal(["bridge", "host", "none"], Listed(host, ("type", "builtin")).Order());
        Assert.Empty(Listed(host, ("dangling", "true")));
    }

    [Fact]
    public async Task Prune_removes_what_nobody_uses()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "used" }, default);
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "idle" }, default);
        await host.OpenAsync("web", "used");
        NetworksPruned pruned = await host.Engine.PruneAsync(Filters.None, default);
        Assert.Equal(["idle"], pruned.NetworksDeleted);
        Assert.Equal(["used"], Listed(host, ("type", "custom")));
    }

    [Fact]
    public async Task Names_are_known_on_shared_networks_and_nowhere_else()
    {
        await using var upstream = new FakeUpstream();
        await using var host = new EngineHost(upstream.Options);
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "inner", Internal = true }, default);
        var aliased = new EndpointSettings { Aliases = ["www"] };
        SandboxRequest request = EngineHost.Request("web") with { Endpoints = [new("app", aliased)] };
        Sandbox web = await host.Engine.OpenAsync(request, default);
        Sandbox caller = await host.OpenAsync("caller", "app");
        Sandbox inner = await host.OpenAsync("inside", "inner");
        string address = EngineHost.AddressOf(web, "app");

        Assert.StartsWith("nameserver 127.0.0.11\n", caller.ResolvConf, StringComparison.Ordinal);
        foreach (string name in new[] { "web", "www", "web.app", "web-host", request.ContainerId[..12] })
        {
            Assert.Equal(address, await AskAsync(caller, name, isTcp: false));
            Assert.Equal(address, await AskAsync(caller, name, isTcp: true));
        }

        Assert.Equal("192.0.2.99", await AskAsync(caller, "example.com", isTcp: false));
        Assert.Equal("192.0.2.99", await AskAsync(caller, "example.com", isTcp: true));
        Assert.Equal("code 2", await AskAsync(inner, "web", isTcp: false));
        Assert.Equal("code 2", await AskAsync(inner, "example.com", isTcp: false));

        await host.Engine.RenameAsync(web.ContainerId, "site", default);
        Assert.Equal(address, await AskAsync(caller, "site", isTcp: false));
        Assert.Equal("192.0.2.99", await AskAsync(caller, "web", isTcp: false));
        await host.Engine.ConnectAsync(inner.ContainerId, "app", null, default);
        Assert.Equal(address, await AskAsync(inner, "site", isTcp: false));
    }

    [Fact]
    public async Task A_flood_of_questions_is_refused_and_not_stored()
    {
        string resolvConf = Path.GetTempFileName();
        File.WriteAllText(resolvConf, "nameserver 127.0.0.78\n");
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.78"), 53));
        await using var host = new EngineHost(new NetworkOptions
        {
            AddressPools = [new AddressPoolOption("10.211.0.0/16", 24)], ResolvConfPath = resolvConf,
        });
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        Sandbox caller = await host.OpenAsync("caller", "app");

        Assert.Equal(100, await Asking.FloodAsync(
            caller.NetnsPath, NameDecisionTests.Query("example.com", 1), count: 400, enough: 100));
        Assert.Equal(EngineHost.AddressOf(caller, "app"), await AskAsync(caller, "caller", isTcp: false));
        File.Delete(resolvConf);
    }

    [Fact]
    public async Task A_running_container_joins_and_leaves_networks()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        Sandbox web = await host.Engine.OpenAsync(
            EngineHost.Publishing("web", "bridge", ("80/tcp", "28090")), default);
        host.ServeWord(web, 80, "hello");
        Assert.StartsWith("default via 10.211.0.1", EngineHost.Ip(web, "route"), StringComparison.Ordinal);

        Sandbox both = await host.Engine.ConnectAsync(web.ContainerId, "app", null, default);
        Assert.Equal(["bridge", "app"], both.Networks.Keys);
        Assert.Contains("10.211.1.2/24", EngineHost.Ip(web, "addr", "show", "eth1"), StringComparison.Ordinal);
        Assert.StartsWith("default via 10.211.1.1", EngineHost.Ip(web, "route"), StringComparison.Ordinal);
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("127.0.0.1", 28090));
        await Refused(
            "endpoint with name web already exists in network app", ErrorKind.Forbidden,
            host.Engine.ConnectAsync(web.ContainerId, "app", null, default));

        Sandbox left = await host.Engine.DisconnectAsync(web.ContainerId, "app", default);
        Assert.Equal(["bridge"], left.Networks.Keys);
        Assert.StartsWith("default via 10.211.0.1", EngineHost.Ip(web, "route"), StringComparison.Ordinal);
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("127.0.0.1", 28090));
        await Refused(
            $"container {web.ContainerId} is not connected to network app", ErrorKind.Failed,
            host.Engine.DisconnectAsync(web.ContainerId, "app", default));

        Sandbox alone = await host.Engine.DisconnectAsync(web.ContainerId, "bridge", default);
        Assert.Empty(alone.Networks);
        Assert.DoesNotContain("hello", EngineHost.CallFromHost("127.0.0.1", 28090), StringComparison.Ordinal);
        Sandbox again = await host.Engine.ConnectAsync(web.ContainerId, "bridge", null, default);
        Assert.Equal("28090", again.Ports["80/tcp"]![0].HostPort);
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("127.0.0.1", 28090));
    }

    [Fact]
    public async Task A_join_that_the_kernel_refuses_leaves_no_link_and_no_address()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        Sandbox web = await host.OpenAsync("web", "bridge");
        EngineHost.Ip(web, "link", "add", "eth1", "type", "bridge");
        string[] before = LinksOf(host);

        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => host.Engine.ConnectAsync(web.ContainerId, "app", null, default));
        Assert.StartsWith("failed to connect app: ", refusal.Message);
        Assert.Equal(before, LinksOf(host));
        Assert.Empty(host.Engine.Inspect("app").Containers);

        EngineHost.Ip(web, "link", "del", "eth1");
        Sandbox both = await host.Engine.ConnectAsync(web.ContainerId, "app", null, default);
        Assert.Equal("10.211.1.2", EngineHost.AddressOf(both, "app"));
    }

    [Fact]
    public async Task A_bridge_that_somebody_removed_is_made_anew_for_the_next_container()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        string list = TestNamespace.RunIn("/proc/self/ns/net", "ip", "-o", "-4", "addr", "show", "to", "10.211.1.1");
        TestNamespace.RunIn("/proc/self/ns/net", "ip", "link", "del", list.Split(' ')[1]);

        Sandbox web = await host.OpenAsync("web", "app");
        Assert.Contains("1 packets received", TestNamespace.RunIn(
            web.NetnsPath, "busybox", "ping", "-c1", "-W2", "10.211.1.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IPv6_works_when_it_was_asked_for()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(
            new CreateNetworkRequest
            {
                Name = "six",
                EnableIPv6 = true,
                Ipam = new Ipam { Config = [new IpamConfig { Subnet = "fd77:1::/64" }] },
            },
            default);
        Sandbox one = await host.Engine.OpenAsync(
            EngineHost.Publishing("one", "six", ("80/tcp", "28091")), default);
        Sandbox two = await host.OpenAsync("two", "six");
        Sandbox old = await host.OpenAsync("old", "bridge");
        host.ServeWord(one, 80, "six");
        Assert.Equal("fd77:1::2", one.Networks["six"].GlobalIPv6Address);
        EngineHost.Hears("six", () => EngineHost.Call(two, "fd77:1::2", 80));
        EngineHost.Hears("six", () => EngineHost.CallFromHost("::1", 28091));
        EngineHost.Hears("six", () => EngineHost.CallFromHost("fd77:1::1", 28091));

        Sandbox joined = await host.Engine.ConnectAsync(old.ContainerId, "six", null, default);
        Assert.Equal("fd77:1::4", joined.Networks["six"].GlobalIPv6Address);
        EngineHost.Hears("six", () => EngineHost.Call(old, "fd77:1::2", 80));
    }

    [Fact]
    public async Task A_new_daemon_adopts_what_runs_and_removes_what_does_not()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        Sandbox web = await host.Engine.OpenAsync(
            EngineHost.Publishing("web", "app", ("80/tcp", "28092")), default);
        Sandbox db = await host.OpenAsync("db", "app");
        Sandbox dead = await host.Engine.OpenAsync(
            EngineHost.Publishing("dead", "app", ("80/tcp", "28093")), default);
        host.Serve(web, 80, "sh", "-c", "echo hello; exec cat");
        string id = host.Engine.Inspect("bridge").Id;
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, 28092);
        using var reader = new StreamReader(caller.GetStream());
        Assert.Equal("hello", await reader.ReadLineAsync());

        await host.RestartAsync(web.ContainerId, db.ContainerId);
        await caller.GetStream().WriteAsync("still here\n"u8.ToArray());
        Assert.Equal("still here", await reader.ReadLineAsync());
        Assert.Equal(id, host.Engine.Inspect("bridge").Id);
        Assert.Equal(2, host.Engine.Inspect("app").Containers.Count);
        Assert.Equal(
            web.Networks["app"].IPAddress, host.Engine.FindSandbox(web.ContainerId)!.Networks["app"].IPAddress);
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("127.0.0.1", 28092));
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("::1", 28092));
        Assert.Equal(EngineHost.AddressOf(web, "app"), await AskAsync(db, "web", isTcp: false));
        Assert.False(File.Exists(dead.NetnsPath));
        Assert.Null(host.Engine.FindSandbox(dead.ContainerId));

        // Somebody flushed the rules and removed the bridge's table entry: the next change puts them back.
        TestNamespace.RunIn("/proc/self/ns/net", "nft", "delete", "table", "inet", host.Instance.Name);
        await host.Engine.OpenAsync(EngineHost.Publishing("next", "app", ("80/tcp", "28093")), default);
        EngineHost.Hears("hello", () => EngineHost.CallFromHost("127.0.0.1", 28092));
    }

    [Fact]
    public async Task Nothing_is_left_when_all_is_shut_down()
    {
        var host = new EngineHost();
        await host.StartAsync();
        await host.Engine.CreateAsync(new CreateNetworkRequest { Name = "app" }, default);
        Sandbox sandbox = await host.OpenAsync("web", "app", "bridge");
        await host.DisposeAsync();

        Assert.DoesNotContain(
            host.Instance.Id, TestNamespace.RunIn("/proc/self/ns/net", "ip", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            host.Instance.Name, TestNamespace.RunIn("/proc/self/ns/net", "nft", "list", "tables"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.NetnsPath, File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_and_none_need_no_links()
    {
        await using var host = new EngineHost();
        await host.StartAsync();
        Sandbox onHost = await host.OpenAsync("a", "host");
        Sandbox alone = await host.Engine.OpenAsync(
            EngineHost.Request("b", "none") with { LoopbackOnly = true }, default);
        Assert.Equal("", onHost.NetnsPath);
        Assert.Contains("a", host.Engine.Inspect("host").Containers.Values.Select(c => c.Name));
        Assert.DoesNotContain("eth0", EngineHost.Ip(alone, "link"), StringComparison.Ordinal);
        Assert.Contains("LOOPBACK,UP", EngineHost.Ip(alone, "link"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Listed(EngineHost host, params (string, string)[] filters) =>
        host.Engine.List(Filters.Of(filters)).Select(n => n.Name);

    /// <summary>The outer ends of containers' links.</summary>
    private static string[] LinksOf(EngineHost host) =>
    [
        .. TestNamespace.RunIn("/proc/self/ns/net", "ip", "-o", "link").Split('\n')
            .Where(line => line.Contains("skv" + host.Instance.Id, StringComparison.Ordinal))
            .Select(static line => line.Split(' ')[1]),
    ];

    private static async Task Refused(string message, ErrorKind kind, Task request)
    {
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => request);
        Assert.Equal((kind, message), (refusal.Kind, refusal.Message));
    }

    /// <summary>
    /// Asks the resolver as a program in the container does, and gives the addresses or the error's code.
    /// </summary>
    private static async Task<string> AskAsync(Sandbox sandbox, string name, bool isTcp)
    {
        byte[] query = NameDecisionTests.Query(name, 1);
        byte[] reply = isTcp
            ? await Asking.OverTcpAsync(sandbox.NetnsPath, query)
            : await Asking.OverUdpAsync(sandbox.NetnsPath, query);
        int code = reply[3] & 15;
        return code == 0 ? NameDecisionTests.Addresses(reply) : $"code {code}";
    }
}
