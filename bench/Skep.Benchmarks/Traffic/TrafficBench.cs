using System.Globalization;
using System.Net;
using Skep.Benchmarks.Swarms;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Traffic;

/// <summary>What calls cost by published ports, services' addresses and encryption, beside the direct way.</summary>
/// <remarks>
/// Two hosts, a service of one task on each, and a container that calls from the first one. Each way is measured in
/// turns with the one it is compared with. The real engine balances with IPVS; where the kernel has none, as here, it
/// offers nothing to compare with, so the direct way is the measure.
/// </remarks>
internal static class TrafficBench
{
    private const int Nodes = 2, MeshPort = 8000, HostPort = 8100, LargeMtu = 32000;

    private static readonly string[] networks = ["plain", "hidden", "large"];

    public static async Task<IReadOnlyList<string>> RunAsync(Engine engine, bool isShort)
    {
        await using SwarmUnderTest swarm = await SwarmUnderTest.StartAsync(engine, Nodes);
        IReadOnlyList<TestHost> hosts = swarm.Hosts;
        foreach (TestHost host in hosts)
        {
            await HostImages.LoadAsync(host);
        }

        await swarm.FormAsync(1);
        await swarm.JoinWorkerAsync(1);
        await CreateAllAsync(hosts[0]);
        string near = await SpaceOfAsync(hosts[0], "near"), far = await SpaceOfAsync(hosts[1], "far");
        string client = await SpaceOfAsync(hosts[0], "client");
        using var nearServer = new TrafficServer(near);
        using var farServer = new TrafficServer(far);

        TimeSpan length = TimeSpan.FromSeconds(0.5);
        int turns = isShort ? 1 : 15;
        var outside = new TrafficCaller(swarm.OutsideSpace, length);
        var inside = new TrafficCaller(client, length);
        IPEndPoint farTask = await TaskAsync(hosts[1], "far", "plain");
        List<string> lines =
        [
            "| way | beside | requests/s | connections/s | p50 ms | p99 ms | MB/s |",
            "|---|---|---|---|---|---|---|",
        ];
        void Add(string way, TrafficCaller caller, IPEndPoint server, string other, IPEndPoint direct) =>
            lines.Add(Line(way, caller, server, other, direct, turns));

        Add(
            "published port, task on the node that is called", outside, At(hosts[1], MeshPort + 2),
            "the task's host-mode port", At(hosts[1], HostPort));
        Add(
            "published port, task on the other node", outside, At(hosts[0], MeshPort + 2),
            "the task's host-mode port, one hop less", At(hosts[1], HostPort));
        await using (await PlainWay.MakeAsync(
            (swarm.SpaceOf(0), hosts[0].Address), (swarm.SpaceOf(1), hosts[1].Address)))
        {
            Add(
                "published port, task on the other node", outside, At(hosts[0], MeshPort + 2),
                "a port led through VXLAN by hand, as many hops", At(hosts[0], PlainWay.Port));
        }

        Add(
            "service's address, task on the same node", inside, await VirtualAsync(hosts[0], "near", "plain"),
            "the task's address", await TaskAsync(hosts[0], "near", "plain"));
        Add(
            "service's address, task on the other node", inside, await VirtualAsync(hosts[0], "far", "plain"),
            "the task's address", farTask);
        Add(
            "encrypted network, task on the other node", inside, await TaskAsync(hosts[1], "far", "hidden"),
            "the same on a plain network", farTask);
        Add(
            $"encrypted network with an MTU of {LargeMtu}, task on the other node", inside,
            await TaskAsync(hosts[1], "far", "large"), "the same on a plain network", farTask);
        return lines;
    }

    /// <summary>The networks, and a service of one task for each place.</summary>
    private static async Task CreateAllAsync(TestHost manager)
    {
        await DockerAsync(manager, "network create -d overlay plain");
        await DockerAsync(manager, "network create -d overlay --opt encrypted hidden");
        await DockerAsync(
            manager,
            $"network create -d overlay --opt encrypted --opt com.docker.network.driver.mtu={LargeMtu} large");
        await CreateAsync(manager, "near", 1, $"-p {MeshPort + 1}:{TrafficServer.Port}");
        await CreateAsync(
            manager, "far", 2,
            $"-p {MeshPort + 2}:{TrafficServer.Port} -p mode=host,published={HostPort},target={TrafficServer.Port}");
        await CreateAsync(manager, "client", 1, "");
    }

    /// <summary>One line of the table: medians, and in brackets the median of the ratios of all turns.</summary>
    /// <remarks>
    /// Turns are short and many, for other work on the machine comes and goes in seconds: what is compared with each
    /// other is measured right after each other, and a turn that was disturbed counts for no more than another one.
    /// </remarks>
    private static string Line(
        string way, TrafficCaller caller, IPEndPoint server, string other, IPEndPoint direct, int turns)
    {
        var cells = new List<string>();
        foreach (Func<IPEndPoint, double[]> measure in caller.Measurements)
        {
            List<double[]> ways = [], ratios = [];
            for (int turn = 0; turn < turns; turn++)
            {
                // Whoever is second finds the machine warm.
                double[]? beside = turn % 2 == 0 ? null : measure(direct);
                double[] result = measure(server);
                beside ??= measure(direct);
                ways.Add(result);
                ratios.Add([.. result.Zip(beside, static (one, another) => one / another)]);
            }

            for (int number = 0; number < ways[0].Length; number++)
            {
                double median = MedianOf(ways, number);
                string format = median < 10 ? "0.000" : "0";
                cells.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{median.ToString(format, CultureInfo.InvariantCulture)} ({MedianOf(ratios, number):0.00})"));
            }
        }

        return $"| {way} | {other} | {string.Join(" | ", cells)} |";
    }

    private static double MedianOf(List<double[]> turns, int number) =>
        turns.Select(turn => turn[number]).Order().ElementAt(turns.Count / 2);

    private static async Task CreateAsync(TestHost manager, string name, int node, string ports)
    {
        await DockerAsync(
            manager,
            $"service create -d -q --no-resolve-image --name {name} --constraint node.hostname==host{node} "
            + string.Join(' ', networks.Select(network => $"--network {network}")) + $" {ports} test sleep 100000");
        await Eventually.TrueAsync($"{name} runs", TimeSpan.FromSeconds(120), async () =>
            await DockerAsync(manager, $"service ls -f name={name} --format {{{{.Replicas}}}}") == "1/1");
    }

    private static IPEndPoint At(TestHost host, int port) => new(IPAddress.Parse(host.Address), port);

    private static async Task<IPEndPoint> TaskAsync(TestHost host, string service, string network)
    {
        string format = $"{{{{.NetworkSettings.Networks.{network}.IPAddress}}}}";
        string address = await DockerAsync(host, $"inspect -f {format} {await ContainerAsync(host, service)}");
        return new IPEndPoint(IPAddress.Parse(address), TrafficServer.Port);
    }

    private static async Task<IPEndPoint> VirtualAsync(TestHost manager, string service, string network)
    {
        string id = await DockerAsync(manager, $"network inspect -f {{{{.ID}}}} {network}");
        Finished all = await manager.Docker(
            "service", "inspect", "-f", "{{range .Endpoint.VirtualIPs}}{{.NetworkID}} {{.Addr}}\n{{end}}", service)
            .CheckAsync();
        string own = all.Text.Split('\n').Single(line => line.StartsWith(id, StringComparison.Ordinal));
        return new IPEndPoint(IPAddress.Parse(own.Split(' ')[1].Split('/')[0]), TrafficServer.Port);
    }

    private static async Task<string> SpaceOfAsync(TestHost host, string service)
    {
        string container = await ContainerAsync(host, service);
        return host.Outside($"/proc/{await DockerAsync(host, $"inspect -f {{{{.State.Pid}}}} {container}")}/ns/net");
    }

    private static Task<string> ContainerAsync(TestHost host, string service) =>
        DockerAsync(host, $"ps -q --filter label=com.docker.swarm.service.name={service}");

    private static async Task<string> DockerAsync(TestHost host, string line) =>
        (await host.Docker(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).CheckAsync()).Text;
}
