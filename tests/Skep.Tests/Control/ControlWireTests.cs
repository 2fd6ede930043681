using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Tests.Contracts;
using Skep.Tests.Rpc;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Cluster = Skep.Swarm.Objects.Cluster;
using Config = Skep.Swarm.Objects.Config;
using KeyRotation = Skep.Swarm.Clusters.KeyRotation;
using Node = Skep.Swarm.Objects.Node;
using Secret = Skep.Swarm.Objects.Secret;
using Service = Skep.Swarm.Objects.Service;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Tests.Control;

public class ControlWireTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly ScriptedControl leader = new();

    [Fact]
    public async Task A_request_and_its_answer_arrive_as_they_were_sent()
    {
        await using TestServer server = await StartAsync();
        var control = At(server);
        var random = new RandomRecords(1);
        Node node = random.Make<Node>();
        Secret secret = random.Make<Secret>();
        Config config = random.Make<Config>();
        Cluster cluster = random.Make<Cluster>();
        var version = new ObjectVersion(ulong.MaxValue);
        var rotation = new KeyRotation(true, false, true);

        await AskAsync(cluster, () => control.GetClusterAsync(new("c"), Never));
        await AskAsync(cluster, () => control.UpdateClusterAsync(new("c"), version, cluster.Spec, rotation, Never));
        await AskAsync(node, () => control.GetNodeAsync(new("n"), Never));
        await AskAsync(node, () => control.UpdateNodeAsync(new("n"), version, node.Spec, Never));
        await AskAsync(secret, () => control.GetSecretAsync(new("s"), Never));
        await AskAsync(secret, () => control.CreateSecretAsync(secret.Spec, Never));
        await AskAsync(secret, () => control.UpdateSecretAsync(new("s"), version, secret.Spec, Never));
        await AskAsync(config, () => control.GetConfigAsync(new("k"), Never));
        await AskAsync(config, () => control.CreateConfigAsync(config.Spec, Never));
        await AskAsync(config, () => control.UpdateConfigAsync(new("k"), version, config.Spec, Never));
        await control.RemoveNodeAsync(new("n"), true, Never);
        await control.RemoveSecretAsync(new("s"), Never);
        await control.RemoveConfigAsync(new("k"), Never);

        object[][] expected =
        [
            ["GetClusterAsync", new ClusterId("c")],
            ["UpdateClusterAsync", new ClusterId("c"), version, cluster.Spec, rotation],
            ["GetNodeAsync", new NodeId("n")],
            ["UpdateNodeAsync", new NodeId("n"), version, node.Spec],
            ["GetSecretAsync", new SecretId("s")],
            ["CreateSecretAsync", secret.Spec],
            ["UpdateSecretAsync", new SecretId("s"), version, secret.Spec],
            ["GetConfigAsync", new ConfigId("k")],
            ["CreateConfigAsync", config.Spec],
            ["UpdateConfigAsync", new ConfigId("k"), version, config.Spec],
            ["RemoveNodeAsync", new NodeId("n"), true],
            ["RemoveSecretAsync", new SecretId("s")],
            ["RemoveConfigAsync", new ConfigId("k")],
        ];
        Assert.Equal(expected, leader.Asked);
    }

    [Fact]
    public async Task Requests_for_services_and_tasks_arrive_as_they_were_sent()
    {
        await using TestServer server = await StartAsync();
        var control = At(server);
        var random = new RandomRecords(3);
        Service service = random.Make<Service>();
        SwarmTask task = random.Make<SwarmTask>();
        SwarmNetwork network = random.Make<SwarmNetwork>();
        var version = new ObjectVersion(7);
        var counts = new Dictionary<ServiceId, ServiceTaskCounts> { [new("a")] = new(1, 2, 3), [new("b")] = default };

        await AskAsync(service, () => control.GetServiceAsync(new("s"), true, Never));
        await AskAsync(service, () => control.CreateServiceAsync(service.Spec, Never));
        await AskAsync(service, () => control.UpdateServiceAsync(new("s"), version, service.Spec, true, Never));
        await AskAsync(task, () => control.GetTaskAsync(new("t"), Never));
        await AskAsync(network, () => control.GetNetworkAsync(new("n"), Never));
        await AskAsync(network, () => control.CreateNetworkAsync(network.Spec, Never));
        leader.Answers.Enqueue(counts);
        leader.Answers.Dequeue();
        Assert.Equal(counts, await control.ServiceStatusesAsync([new("a"), new("b"), new("a")], Never));
        await control.RemoveServiceAsync(new("s"), Never);
        await control.RemoveTaskAsync(new("t"), Never);
        await control.RemoveNetworkAsync(new("n"), Never);

        object[][] expected =
        [
            ["GetServiceAsync", new ServiceId("s"), true],
            ["CreateServiceAsync", service.Spec],
            ["UpdateServiceAsync", new ServiceId("s"), version, service.Spec, true],
            ["GetTaskAsync", new TaskId("t")],
            ["GetNetworkAsync", new NetworkId("n")],
            ["CreateNetworkAsync", network.Spec],
            ["ServiceStatusesAsync", ValueList.From([new ServiceId("a"), new ServiceId("b")])],
            ["RemoveServiceAsync", new ServiceId("s")],
            ["RemoveTaskAsync", new TaskId("t")],
            ["RemoveNetworkAsync", new NetworkId("n")],
        ];
        Assert.Equal(expected, leader.Asked);
    }

    [Fact]
    public async Task Filters_of_services_and_tasks_arrive_as_they_were_sent()
    {
        await using TestServer server = await StartAsync();
        var control = At(server);
        var query = new ObjectQuery { Names = ["a"], NamePrefixes = ["p"], IdPrefixes = ["i"] };
        var random = new RandomRecords(4);
        await ListAsync(
            query with { Runtimes = ["plugin"] },
            random.Make<ValueList<Service>>(),
            asked => control.ListServicesAsync(asked, Never));
        await ListAsync(
            query, random.Make<ValueList<SwarmNetwork>>(), asked => control.ListNetworksAsync(asked, Never));
        await ListAsync(
            query with
            {
                Services = [new("s")],
                Nodes = [new("n")],
                DesiredStates = [Skep.Swarm.Objects.TaskState.Running, Skep.Swarm.Objects.TaskState.Shutdown],
                Runtimes = ["container"],
                UpToDate = true,
            },
            random.Make<ValueList<SwarmTask>>(),
            asked => control.ListTasksAsync(asked, Never));
    }

    [Fact]
    public async Task A_list_and_its_filters_arrive_as_they_were_sent()
    {
        await using TestServer server = await StartAsync();
        var control = At(server);
        var query = new ObjectQuery
        {
            Names = ["a", "b"],
            NamePrefixes = ["p"],
            IdPrefixes = ["i"],
            Labels = ValueMap.Of(("k", "v"), ("only", "")),
        };
        var random = new RandomRecords(2);
        await ListAsync(query, random.Make<ValueList<Cluster>>(), asked => control.ListClustersAsync(asked, Never));
        await ListAsync(query, random.Make<ValueList<Secret>>(), asked => control.ListSecretsAsync(asked, Never));
        await ListAsync(query, random.Make<ValueList<Config>>(), asked => control.ListConfigsAsync(asked, Never));
        await ListAsync(
            query with
            {
                NodeLabels = ValueMap.Of(("zone", "1")),
                Roles = [Skep.Swarm.Objects.NodeRole.Manager],
                Memberships = [NodeMembership.Pending, NodeMembership.Accepted],
            },
            random.Make<ValueList<Node>>(),
            asked => control.ListNodesAsync(asked, Never));
    }

    [Fact]
    public async Task An_answer_may_be_large()
    {
        await using TestServer server = await StartAsync();
        var data = Bytes.CopyOf(new byte[500_000]);
        ValueList<Secret> many = ValueList.From(Enumerable.Range(0, 40).Select(
            number => new Secret { Id = new($"s{number}"), Spec = new() { Data = data } }));
        await ListAsync(ObjectQuery.All, many, asked => At(server).ListSecretsAsync(asked, Never));
    }

    [Fact]
    public async Task A_refusal_has_the_leaders_words_and_kind()
    {
        await using TestServer server = await StartAsync();
        var control = At(server);
        RefusedException[] refusals =
        [
            SwarmRefusal.Of(SwarmCode.FailedPrecondition, "node x is not down and can't be removed"),
            SwarmRefusal.Of(SwarmCode.Unknown, "update out of sequence"),
            SwarmRefusal.Of(SwarmCode.AlreadyExists, "secret ä already exists"),
            new(ErrorKind.OutcomeUnknown, "nobody knows"),
            new(ErrorKind.Unavailable, "no room on the disk"),
        ];
        foreach (RefusedException refusal in refusals)
        {
            leader.Answers.Clear();
            leader.Answers.Enqueue(refusal);
            var refused = await Assert.ThrowsAsync<RefusedException>(
                () => control.RemoveNodeAsync(new("x"), false, Never));
            Assert.Equal((refusal.Kind, refusal.Message), (refused.Kind, refused.Message));
        }
    }

    [Fact]
    public async Task A_Docker_manager_reads_the_code_and_the_bare_words()
    {
        await using TestServer server = await StartAsync();
        leader.Answers.Enqueue(
            SwarmRefusal.Of(SwarmCode.FailedPrecondition, "node x is not down and can't be removed"));
        var refused = await Assert.ThrowsAsync<RpcException>(() => server.AsManager().CallAsync(
            SwarmKitMethods.Control.RemoveNode, new RemoveNodeRequest { NodeId = "x" }, Never));
        Assert.Equal(
            (RpcStatus.FailedPrecondition, "node x is not down and can't be removed"),
            (refused.Status, refused.Detail));
    }

    [Fact]
    public async Task A_request_without_what_it_needs_is_refused_before_it_is_tried()
    {
        await using TestServer server = await StartAsync();
        RpcChannel channel = server.AsManager();
        await IncompleteAsync(() => channel.CallAsync(SwarmKitMethods.Control.CreateSecret, new(), Never));
        await IncompleteAsync(() => channel.CallAsync(SwarmKitMethods.Control.CreateService, new(), Never));
        await IncompleteAsync(
            () => channel.CallAsync(SwarmKitMethods.Control.UpdateService, new() { Spec = new() }, Never));
        await IncompleteAsync(
            () => channel.CallAsync(SwarmKitMethods.Control.UpdateNode, new() { Spec = new() }, Never));
        await IncompleteAsync(() => channel.CallAsync(
            SwarmKitMethods.Control.UpdateCluster, new() { ClusterVersion = new() }, Never));
        Assert.Empty(leader.Asked);
    }

    [Fact]
    public async Task What_cannot_be_done_yet_is_refused_with_words()
    {
        await using TestServer server = await StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => server.AsManager().CallAsync(
            SwarmKitMethods.Control.CreateVolume, new CreateVolumeRequest(), Never));
        Assert.Equal(
            (RpcStatus.Unimplemented, "this Skep manager does not do CreateVolume yet"),
            (refused.Status, refused.Detail));
    }

    private static async Task IncompleteAsync<T>(Func<Task<T>> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((RpcStatus.InvalidArgument, "invalid argument"), (refused.Status, refused.Detail));
    }

    private async Task AskAsync<T>(T answer, Func<Task<T>> ask)
        where T : class
    {
        leader.Answers.Clear();
        leader.Answers.Enqueue(answer);
        Assert.Equal(answer, await ask());
    }

    private async Task ListAsync<T>(
        ObjectQuery query, ValueList<T> answer, Func<ObjectQuery, Task<IReadOnlyList<T>>> ask)
    {
        leader.Asked.Clear();
        leader.Answers.Clear();
        leader.Answers.Enqueue((IReadOnlyList<T>)[.. answer]);
        Assert.Equal(answer, ValueList.From(await ask(query)));
        Assert.Equal(query, leader.Asked.Single()[1]);
    }

    private async Task<TestServer> StartAsync()
    {
        var routes = new RpcRoutes();
        ControlService.Map(routes, leader);
        return await TestServer.StartAsync(routes);
    }

    private static ForwardingControl At(TestServer server)
    {
        RpcChannel channel = server.AsManager();
        return new(new ScriptedControl(), _ => ValueTask.FromResult<RpcChannel?>(channel), TimeProvider.System);
    }
}
