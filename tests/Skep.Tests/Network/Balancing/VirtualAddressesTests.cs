using System.Net.Sockets;
using Skep.Agent.Network.Balancing;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Tests.Linux.Namespaces;
using Skep.Tests.Network.MeshRouting;

namespace Skep.Tests.Network.Balancing;

/// <summary>Addresses of services in a namespace that has all tasks on one wire, in the real kernel.</summary>
public sealed class VirtualAddressesTests : IDisposable
{
    private const string Vip = "10.0.1.2", OtherVip = "10.0.1.3";
    private static readonly NetworkId Net = new("net");

    private readonly VirtualAddresses addresses = new(TimeProvider.System, Log.None);
    private readonly EchoTask caller = new("t10");
    private readonly List<EchoTask> tasks = [];
    private NetworkState state = NetworkState.Empty with { Self = new NodeId("self") };

    public VirtualAddressesTests()
    {
        caller.Space.Run("ip", "link", "add", "br0", "type", "bridge");
        caller.Space.Run("ip", "addr", "add", "10.0.1.10/24", "dev", "br0");
        caller.Space.Run("ip", "link", "set", "br0", "up");
        SetService("web", Vip);
    }

    [Fact]
    public async Task Calls_to_the_address_are_spread_over_the_tasks_even_to_the_caller_itself()
    {
        caller.ServeTcp(80).ServeUdp(53);
        SetEndpoint("web", 10);
        AddTask(11);
        AddTask(12);
        await OpenAsync();
        string[] heard = MeshRig.Call(caller.Space, Vip, 80, 60);
        Assert.Equal(["t10 10.0.1.10", "t11 10.0.1.10", "t12 10.0.1.10"], heard.Distinct());
        Assert.Equal(
            [$"t10 10.0.1.10 by {Vip}:53", $"t11 10.0.1.10 by {Vip}:53", $"t12 10.0.1.10 by {Vip}:53"],
            MeshRig.Send(caller.Space, Vip, 53, 60).Distinct());

        // One of three is drawn each time: below 5 of 60 happens once in a million times.
        Assert.All(heard.GroupBy(h => h), group => Assert.InRange(group.Count(), 5, 60));
    }

    [Fact]
    public async Task A_task_that_leaves_gets_no_new_calls_keeps_its_connections_and_loses_its_flows_of_datagrams()
    {
        AddTask(11);
        AddTask(12);
        await OpenAsync();
        Socket[] flows = [.. Enumerable.Range(0, 20).Select(_ => MeshRig.Open(caller.Space))];
        string[] before = [.. flows.Select(flow => MeshRig.Ask(flow, Vip, 53))];
        Assert.Equal(2, before.Distinct().Count());
        Assert.Equal(before, flows.Select(flow => MeshRig.Ask(flow, Vip, 53)));
        using var connection = new HeldConnection(caller.Space, Vip, 81);
        int held = connection.Answering;

        SetEndpoint("web", held, isServing: false);
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        int other = held == 11 ? 12 : 11;
        Assert.Equal([$"t{other} 10.0.1.10"], MeshRig.Call(caller.Space, Vip, 80, 10).Distinct());
        Assert.Equal(
            [$"t{other} 10.0.1.10 by {Vip}:53"], flows.Select(flow => MeshRig.Ask(flow, Vip, 53)).Distinct());
        Assert.Equal("still here", connection.Ask("still here"));
        Array.ForEach(flows, flow => flow.Dispose());
    }

    [Fact]
    public async Task Tasks_get_calls_by_their_weight_and_what_goes_on_does_not_notice_another_one()
    {
        AddTask(11);
        AddTask(12);
        AddTask(13);
        SetEndpoint("web", 11, weight: 90);
        SetEndpoint("web", 12, weight: 10);
        SetEndpoint("web", 13, weight: 0);
        await OpenAsync();

        // One of ten: none of 200 happens once in a thousand million times, more than 60 never.
        string[] heard = MeshRig.Send(caller.Space, Vip, 53, 200);
        Assert.Equal(
            [$"t11 10.0.1.10 by {Vip}:53", $"t12 10.0.1.10 by {Vip}:53"], heard.Distinct());
        Assert.InRange(heard.Count(one => one.StartsWith("t12", StringComparison.Ordinal)), 1, 60);

        Socket[] flows = [.. Enumerable.Range(0, 10).Select(_ => MeshRig.Open(caller.Space))];
        string[] before = [.. flows.Select(flow => MeshRig.Ask(flow, Vip, 53))];
        using var connection = new HeldConnection(caller.Space, Vip, 81);
        int held = connection.Answering;
        SetEndpoint("web", 11, weight: 0);
        SetEndpoint("web", 12, weight: 0);
        SetEndpoint("web", 13, weight: 1);
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        Assert.Equal(["t13 10.0.1.10"], MeshRig.Call(caller.Space, Vip, 80, 10).Distinct());
        Assert.Equal(before, flows.Select(flow => MeshRig.Ask(flow, Vip, 53)));
        Assert.Equal("still here", connection.Ask("still here"));
        Assert.Equal(held, connection.Answering);
        Array.ForEach(flows, flow => flow.Dispose());

        // Nobody else is left: those who were to get nothing get it.
        SetEndpoint("web", 13, isServing: false);
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        Assert.Equal(
            ["t11 10.0.1.10", "t12 10.0.1.10"], MeshRig.Call(caller.Space, Vip, 80, 40).Distinct());
        Assert.Equal(0, await addresses.RepairAsync(default));
    }

    [Fact]
    public async Task An_address_that_nobody_answers_is_refused_at_once_and_answered_when_somebody_comes()
    {
        SetService("db", OtherVip);
        await OpenAsync();
        (int exitCode, string output) = TestNamespace.TryRunIn(
            caller.Space.Path, "busybox", "timeout", "5", "busybox", "nc", Vip, "80");
        Assert.Equal((1, true), (exitCode, output.Contains("refused", StringComparison.Ordinal)));
        AddTask(11);
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        Assert.Equal(["t11 10.0.1.10"], MeshRig.Call(caller.Space, Vip, 80, 3).Distinct());
    }

    [Fact]
    public async Task An_idle_connection_to_an_address_is_remembered_for_hours()
    {
        AddTask(11);
        await OpenAsync();
        using var connection = new HeldConnection(caller.Space, Vip, 81);
        Assert.Equal("on", connection.Ask("on"));
        await connection.AssertIsRememberedAsync(caller.Space, $"dst={Vip} ");
    }

    [Fact]
    public async Task Steps_end_where_a_fresh_table_begins_and_what_others_break_is_repaired()
    {
        AddTask(11);
        await OpenAsync();
        var random = new Random(5);
        for (int round = 0; round < 60; round++)
        {
            int number = 20 + random.Next(9);
            SetEndpoint("web", number, isServing: random.Next(3) > 0, weight: 25 * random.Next(5));
            SetService("db", random.Next(2) == 0 ? OtherVip : "10.0.1.4");
            await addresses.ApplyAsync(NetworkStep.To(state), default);
        }

        // The kernel agrees with what we think it holds, element by element.
        Assert.Equal(0, await addresses.RepairAsync(default));
        Assert.Equal(0, addresses.DriftCount);
        caller.Space.Run("nft", "flush map inet skep-vip vips4");
        Assert.True(await addresses.RepairAsync(default) > 0);
        SetEndpoint("web", 11, weight: 7);
        SetEndpoint("web", 20, weight: 13);
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        caller.Space.Run("nft", "flush map inet skep-vip shares4");
        Assert.True(await addresses.RepairAsync(default) > 0);
        caller.Space.Run("nft", "flush ruleset");
        Assert.Equal(1, await addresses.RepairAsync(default));
        Assert.Equal(0, await addresses.RepairAsync(default));
        caller.Space.Run("nft", "delete table inet skep-vip");
        SetEndpoint("web", 40);
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        Assert.Equal(0, await addresses.RepairAsync(default));
    }

    [Fact]
    public async Task A_namespace_knows_the_addresses_of_its_own_networks_only()
    {
        AddTask(11);
        var foreign = new NetworkId("foreign");
        state = state with
        {
            Services = state.Services.Add((foreign, new ServiceId("x")), new ServiceFacts
            {
                Id = new ServiceId("x"), Network = foreign, VirtualAddresses = ["10.0.9.2"],
            }),
        };
        await OpenAsync();
        string table = caller.Space.Run("nft", "list table inet skep-vip");
        Assert.Contains("10.0.1.2 : goto pick4-1", table, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.9.2", table, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        addresses.Dispose();
        tasks.ForEach(task => task.Dispose());
        caller.Dispose();
    }

    private async Task OpenAsync()
    {
        await addresses.ApplyAsync(NetworkStep.To(state), default);
        await addresses.OpenAsync("container", caller.Space.Path, [Net], default);
    }

    private void AddTask(int number)
    {
        var task = new EchoTask($"t{number}");
        tasks.Add(task);
        string outer = $"v{number}";
        caller.Space.Run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", task.Space.Path);
        caller.Space.Run("ip", "link", "set", outer, "master", "br0", "up");
        task.Space.Run("ip", "addr", "add", $"10.0.1.{number}/24", "dev", "eth0");
        task.Space.Run("ip", "link", "set", "eth0", "up");
        task.ServeTcp(80).ServeUdp(53).ServeBack(81);
        SetEndpoint("web", number);
    }

    private void SetService(string id, string vip) => state = state with
    {
        Services = state.Services.SetItem((Net, new ServiceId(id)), new ServiceFacts
        {
            Id = new ServiceId(id), Network = Net, Name = id, VirtualAddresses = [vip],
        }),
    };

    private void SetEndpoint(string service, int number, bool isServing = true, int weight = TaskWeight.Full)
    {
        var id = new TaskId($"t{number}");
        state = state with
        {
            Endpoints = state.Endpoints.SetItem((Net, id), new EndpointFacts
            {
                Task = id, Network = Net, Node = new NodeId("self"), Service = new ServiceId(service),
                Addresses = [$"10.0.1.{number}"], IsServing = isServing, Weight = weight,
            }),
        };
    }
}
