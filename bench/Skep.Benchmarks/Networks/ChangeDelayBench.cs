using System.Diagnostics;
using System.Globalization;
using Skep.Benchmarks.Services;
using Skep.Benchmarks.Swarms;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Networks;

/// <summary>How long a change of a network needs to be true on all nodes of a quiet swarm.</summary>
/// <remarks>
/// From the request to a manager until a container on each node hears of it from its resolver, which is told last:
/// the write in the log, the address, the way to the nodes and their kernels are all in it. The change is a service
/// that has an address of its own and then has none, by turns.
/// </remarks>
internal static class ChangeDelayBench
{
    private const int Nodes = 5;
    private const string Probed = "probed";

    public static async Task<IReadOnlyList<string>> RunAsync(Engine engine, int rounds)
    {
        await using SwarmUnderTest swarm = await SwarmUnderTest.StartAsync(engine, Nodes);
        foreach (TestHost host in swarm.Hosts)
        {
            await HostImages.LoadAsync(host);
        }

        await swarm.FormAsync(1);
        for (int node = 1; node < Nodes; node++)
        {
            await swarm.JoinWorkerAsync(node);
        }

        TestHost manager = swarm.Hosts[0];
        string network = await DockerAsync(manager, "network create -d overlay front");
        await DockerAsync(
            manager,
            "service create -d -q --no-resolve-image --name client --mode global --network front test sleep 100000");
        await Eventually.TrueAsync("the clients run", TimeSpan.FromSeconds(120), async () =>
            await DockerAsync(manager, "service ls -f name=client --format {{.Replicas}}") == $"{Nodes}/{Nodes}");
        using var services = new ServiceClient(manager.Socket);
        string service = await services.CreateEmptyAsync(Probed, network);
        var probes = new List<NameProbe>();
        try
        {
            foreach (TestHost host in swarm.Hosts)
            {
                string container = await DockerAsync(host, "ps -q");
                string process = await DockerAsync(host, $"inspect -f {{{{.State.Pid}}}} {container}");
                probes.Add(new NameProbe(host.Outside($"/proc/{process}/ns/net"), Probed));
            }

            await Task.WhenAll(probes.Select(probe => probe.UntilAsync(isLeading: true)));
            return await MeasureAsync(services, service, probes, rounds);
        }
        finally
        {
            probes.ForEach(probe => probe.Dispose());
        }
    }

    private static async Task<IReadOnlyList<string>> MeasureAsync(
        ServiceClient services, string service, List<NameProbe> probes, int rounds)
    {
        List<double> firsts = [], lasts = [];
        for (int round = 0; round < rounds; round++)
        {
            bool isLeading = round % 2 == 1;
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            long begun = Stopwatch.GetTimestamp();
            Task<long>[] seen = [.. probes.Select(probe => probe.UntilAsync(isLeading))];
            await services.SetEndpointModeAsync(service, isLeading ? "vip" : "dnsrr");
            double[] all =
            [
                .. (await Task.WhenAll(seen)).Select(at => Stopwatch.GetElapsedTime(begun, at).TotalMilliseconds),
            ];
            firsts.Add(all.Min());
            lasts.Add(all.Max());
        }

        firsts.Sort();
        lasts.Sort();
        return
        [
            "| one change on 5 nodes, ms | p50 | p95 |",
            "|---|---|---|",
            Line("true on the first node", firsts),
            Line("true on all nodes", lasts),
        ];
    }

    private static string Line(string what, List<double> sorted) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {sorted[sorted.Count / 2]:0.0} | {sorted[sorted.Count * 95 / 100]:0.0} |");

    private static async Task<string> DockerAsync(TestHost host, string line) =>
        (await host.Docker(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).CheckAsync()).Text;
}
