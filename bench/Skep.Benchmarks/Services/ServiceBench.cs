using System.Globalization;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Services;

/// <summary>What both engines do with the same services, in turns.</summary>
internal static class ServiceBench
{
    private const int ManyClients = 16;
    private const int ListedServices = 500;

    private static readonly Dictionary<string, double> targets = new()
    {
        ["create to all running, 1 replica, ms"] = 0.5,
        ["create to all running, 50 replicas, ms"] = 0.75,
        ["create to all running, 100 replicas, ms"] = 0.75,
        ["processor time of a started task, ms"] = 1,
        ["rolling update of 10, ms"] = 0.5,
        ["remove 10 replicas, ms"] = 0.5,
        ["remove 50 replicas, ms"] = 0.5,
        ["remove 100 replicas, ms"] = 0.5,
        ["empty services/s, 16 clients"] = 10,
        ["lists of 500 services/s"] = 3,
    };

    public static Task<IReadOnlyList<Row>> RunAsync(Engine skep, Engine dockerd, bool isShort) =>
        RunAsync(skep, dockerd, isShort ? 1 : 2, (engine, nodes, samples) =>
            MeasureAsync(engine, nodes, samples, isShort));

    /// <summary>Only what needs no task: lists, and services without replicas.</summary>
    public static Task<IReadOnlyList<Row>> RunWritesAsync(Engine skep, Engine dockerd, bool isShort) =>
        RunAsync(skep, dockerd, isShort ? 1 : 3, async (engine, nodes, samples) =>
        {
            await using ServicesUnderTest swarm = await ServicesUnderTest.StartAsync(engine, nodes);
            await MeasureWritesAsync(swarm, samples, isShort);
        });

    private static async Task<IReadOnlyList<Row>> RunAsync(
        Engine skep, Engine dockerd, int rounds, Func<Engine, int, Samples, Task> measureAsync)
    {
        // The real engine looks on Docker Hub for what is loaded already, unless it is told not to.
        Environment.SetEnvironmentVariable("DOCKER_SERVICE_PREFER_OFFLINE_IMAGE", "1");
        List<Row> rows = [];
        foreach (int nodes in new[] { 1, 3 })
        {
            var ours = new Samples(Invariant($"Skep, {nodes} nodes"));
            var theirs = new Samples(Invariant($"dockerd, {nodes} nodes"));
            for (int round = 0; round < rounds; round++)
            {
                await measureAsync(skep, nodes, ours);
                await measureAsync(dockerd, nodes, theirs);
            }

            string where = nodes == 1 ? "1 node" : string.Create(CultureInfo.InvariantCulture, $"{nodes} nodes");
            rows.AddRange(ours.Names.Select(name => new Row(
                $"{where}: {name}",
                targets.TryGetValue(name, out double target) ? target : null,
                ours.Median(name),
                theirs.Median(name),
                null)
            {
                IsRate = name.Contains("s/s", StringComparison.Ordinal),
            }));
        }

        return rows;
    }

    private static async Task MeasureAsync(Engine engine, int nodes, Samples samples, bool isShort)
    {
        await using ServicesUnderTest swarm = await ServicesUnderTest.StartAsync(engine, nodes);

        // The first task of a node pays for what later ones find ready.
        (string warm, _, _) = await swarm.CreateAsync(nodes);
        await swarm.RemoveAsync(warm);

        foreach (int replicas in isShort ? new[] { 1, 10, 50 } : [1, 1, 1, 10, 50, 100])
        {
            string count = replicas == 1 ? "1 replica" : Invariant($"{replicas} replicas");
            (string id, double time, double processor) = await swarm.CreateAsync(replicas);
            samples.Add($"create to all running, {count}, ms", time);
            if (replicas == 10)
            {
                samples.Add("processor time of a started task, ms", processor);
                samples.Add("rolling update of 10, ms", await swarm.UpdateAsync(id));
            }

            if (replicas == 50)
            {
                samples.Add("scale from 50 to 10, ms", await swarm.ScaleDownAsync(id, 10));
                await swarm.RemoveAsync(id);
                continue;
            }

            if (replicas == 1)
            {
                samples.Add("a crashed task's replacement, ms", await swarm.ReplaceAsync(id));
            }

            samples.Add($"remove {count}, ms", await swarm.RemoveAsync(id));
        }

        await MeasureWritesAsync(swarm, samples, isShort);
    }

    private static async Task MeasureWritesAsync(ServicesUnderTest swarm, Samples samples, bool isShort)
    {
        TimeSpan length = TimeSpan.FromSeconds(isShort ? 2 : 4);

        // Before the services that are made for as long as it takes: every engine lists the same 500.
        samples.Add("lists of 500 services/s", await swarm.ListAsync(ListedServices, length));
        samples.Add("empty services/s, 1 client", await swarm.CreateEmptyAsync(1, length, int.MaxValue));
        samples.Add("empty services/s, 16 clients", await swarm.CreateEmptyAsync(ManyClients, length, int.MaxValue));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Samples(string who)
    {
        private readonly Dictionary<string, List<double>> values = [];

        /// <summary>In the order in which they were measured first.</summary>
        public List<string> Names { get; } = [];

        public void Add(string name, double value)
        {
            if (!values.TryGetValue(name, out List<double>? list))
            {
                values[name] = list = [];
                Names.Add(name);
            }

            list.Add(value);
            // The table comes at the end, and that is minutes away.
            Console.Error.WriteLine(Invariant($"bench: {who}: {name}: {value:0.0}"));
        }

        public double Median(string name) => Measurements.Median(values[name]);
    }
}
