using System.Diagnostics;
using System.Globalization;
using Skep.Agent;
using Skep.Agent.Network.Balancing;
using Skep.Agent.Network.MeshRouting;
using Skep.Linux.Namespaces;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Benchmarks.Networks;

/// <summary>What it costs a node that one task comes or goes, in the real kernel.</summary>
/// <remarks>
/// Two parts: services' addresses in a task's namespace, and in a host's namespace published ports with a route to
/// each task. All tasks are on another node, which is the dearer case.
/// </remarks>
internal static class EndpointChangeBench
{
    private const int Changes = 200;
    private const int EndpointsPerService = 5;
    private const uint FirstPort = 20_000;

    private static readonly NetworkId net = new("net"), ingress = new("ingress");
    private static readonly NodeId self = new("self"), other = new("other");

    /// <summary>
    /// Lines of a table: median and 95th percentile of some changes, and what the daemon keeps in memory to know what
    /// there is, the managers' news among it.
    /// </summary>
    public static async Task<IReadOnlyList<string>> RunAsync()
    {
        var lines = new List<string>
        {
            "| endpoints | services | addresses, one change p50 | p95 | all at once | memory | ports, one change p50 "
                + "| p95 | all at once | memory |",
            "|---|---|---|---|---|---|---|---|---|---|",
        };
        foreach (int count in new[] { 10, 1_000, 5_000 })
        {
            lines.Add(await MeasureAsync(count, 1));
            lines.Add(await MeasureAsync(count, count / EndpointsPerService));
        }

        return lines;
    }

    private static async Task<string> MeasureAsync(int endpoints, int services)
    {
        string path = Path.Combine(Path.GetTempPath(), $"skep-bench-{Environment.ProcessId}-{endpoints}-{services}");
        NetworkNamespace.Create(path, () => 0);
        try
        {
            using var addresses = new VirtualAddresses(TimeProvider.System, Log.None);
            await addresses.OpenAsync("container", path, [net], default);
            string ofAddresses = await TimeAsync(
                () => StateOf(net, endpoints, services), net, endpoints, services,
                step => addresses.ApplyAsync(step, default));
            await using var mesh = new Mesh(new Instance("/nowhere/bench", "/nowhere"), TimeProvider.System, Log.None);
            string ofPorts = await TimeAsync(
                () => StateOf(ingress, endpoints, services), ingress, endpoints, services,
                step => NetworkNamespace.Enter(path, () => ApplyInside(mesh, step)));
            return $"| {endpoints} | {services} | {ofAddresses} | {ofPorts} |";
        }
        finally
        {
            NetworkNamespace.Remove(path);
        }
    }

    // Namespaces belong to threads: what is done inside of one must not go on elsewhere.
    private static Task ApplyInside(Mesh mesh, NetworkStep step)
    {
        mesh.ApplyAsync(step, default).GetAwaiter().GetResult();
        return Task.CompletedTask;
    }

    private static async Task<string> TimeAsync(
        Func<NetworkState> make, NetworkId network, int endpoints, int services, Func<NetworkStep, Task> apply)
    {
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        NetworkState state = make();
        long before = Stopwatch.GetTimestamp();
        await apply(NetworkStep.To(state));
        TimeSpan all = Stopwatch.GetElapsedTime(before);
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - memory) / 1e6;
        var times = new List<double>();
        for (int i = 0; i < Changes; i++)
        {
            // One goes, the next time it comes back: both are what an update of a service does.
            EndpointFacts task = Endpoint(network, i / 2 * 7 % endpoints, services) with { IsServing = i % 2 == 1 };
            var step = NetworkStep.Of(
                state, new NetworkDelta { DataPathPort = state.DataPathPort, Endpoints = [task] });
            state = step.After;
            before = Stopwatch.GetTimestamp();
            await apply(step);
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        times.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{times[Changes / 2]:0.00} ms | {times[Changes * 95 / 100]:0.00} ms | {all.TotalMilliseconds:0} ms "
                + $"| {megabytes:0.0} MB");
    }

    private static NetworkState StateOf(NetworkId network, int endpoints, int services) => NetworkState.Empty with
    {
        Self = self,
        Networks = NetworkState.Empty.Networks.Add(network, new NetworkFacts
        {
            Id = network, Vni = 4097, IsIngress = network == ingress,
            Subnets = [new SubnetFacts("10.0.0.0/16", "10.0.255.254")],
        }),
        Peers = NetworkState.Empty.Peers.AddRange(new[] { self, other }.Select(
            (node, i) => KeyValuePair.Create(node, new PeerFacts
            {
                Node = node, Index = (uint)i + 1, DataPathAddress = $"192.0.2.{i + 1}",
            }))),
        Services = NetworkState.Empty.Services.AddRange(Enumerable.Range(0, services).Select(
            i => KeyValuePair.Create((network, ServiceOf(i, services)), new ServiceFacts
            {
                Id = ServiceOf(i, services), Network = network, VirtualAddresses = [$"10.1.{i / 250}.{i % 250 + 2}"],
            }))),
        Ports = NetworkState.Empty.Ports.AddRange(Enumerable.Range(0, services).Select(
            i => KeyValuePair.Create((PortProtocol.Tcp, FirstPort + (uint)i), new PublishedPortFacts
            {
                Service = ServiceOf(i, services), PublishedPort = FirstPort + (uint)i, TargetPort = 80,
            }))),
        Endpoints = NetworkState.Empty.Endpoints.AddRange(Enumerable.Range(0, endpoints)
            .Select(i => Endpoint(network, i, services)).Select(e => KeyValuePair.Create((e.Network, e.Task), e))),
    };

    private static EndpointFacts Endpoint(NetworkId network, int number, int services) => new()
    {
        Task = new TaskId($"t{number}"), Network = network, Node = other, Service = ServiceOf(number, services),
        Addresses = [$"10.0.{number / 250}.{number % 250 + 2}"], IsServing = true,
    };

    private static ServiceId ServiceOf(int number, int services) => new($"s{number % services}");
}
