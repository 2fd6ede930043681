using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Swarms;

/// <summary>What the managers of both engines do with the same requests, in turns.</summary>
internal static class SwarmBench
{
    private const int ManyClients = 16;

    public static async Task<IReadOnlyList<Row>> RunAsync(Engine skep, Engine dockerd, bool isShort)
    {
        int rounds = isShort ? 1 : 3, kills = isShort ? 1 : 10;
        TimeSpan length = TimeSpan.FromSeconds(isShort ? 2 : 5);
        Samples ours = new(), theirs = new();
        for (int round = 0; round < rounds; round++)
        {
            await MeasureAsync(skep, ours, length, kills / rounds + 1);
            await MeasureAsync(dockerd, theirs, length, isShort ? 1 : 2);
        }

        Row Time(string name, double? target, Func<Samples, List<double>> part) => new(
            name, target, Measurements.Median(part(ours)), Measurements.Median(part(theirs)), null);
        Row Rate(string name, double target, Func<Samples, List<double>> part) =>
            Time(name, target, part) with { IsRate = true };
        return
        [
            Time("swarm init, ms", null, it => it.Inits),
            Time("join of a manager until reachable, ms", null, it => it.Joins),
            Time("join of a worker until ready, ms", null, it => it.WorkerJoins),
            Rate("1 manager, 1 client, secrets/s", 1.5, it => it.OneByOne),
            Rate("1 manager, 16 clients, secrets/s", 1.5, it => it.OneByMany),
            Rate("3 managers, 1 client, secrets/s", 1.5, it => it.ThreeByOne),
            Rate("3 managers, 16 clients, secrets/s", 10, it => it.ThreeByMany),
            Time("leader killed until a write is taken, ms", 0.2, it => it.FailOvers),
        ];
    }

    private static async Task MeasureAsync(Engine engine, Samples samples, TimeSpan length, int kills)
    {
        await using SwarmUnderTest swarm = await SwarmUnderTest.StartAsync(engine, 4);
        (double init, _) = await swarm.FormAsync(1);
        samples.Inits.Add(init);
        samples.OneByOne.Add(await swarm.CreateSecretsAsync(1, length));
        samples.OneByMany.Add(await swarm.CreateSecretsAsync(ManyClients, length));
        await swarm.DissolveAsync(1);

        (init, List<double> joins) = await swarm.FormAsync(3);
        samples.Inits.Add(init);
        samples.Joins.AddRange(joins);
        samples.WorkerJoins.Add(await swarm.JoinWorkerAsync(3));
        samples.ThreeByOne.Add(await swarm.CreateSecretsAsync(1, length));
        samples.ThreeByMany.Add(await swarm.CreateSecretsAsync(ManyClients, length));
        for (int kill = 0; kill < kills; kill++)
        {
            samples.FailOvers.Add(await swarm.FailOverAsync(await swarm.LeaderAsync()));
        }
    }

    private sealed class Samples
    {
        public List<double> Inits { get; } = [];

        public List<double> Joins { get; } = [];

        public List<double> WorkerJoins { get; } = [];

        public List<double> OneByOne { get; } = [];

        public List<double> OneByMany { get; } = [];

        public List<double> ThreeByOne { get; } = [];

        public List<double> ThreeByMany { get; } = [];

        public List<double> FailOvers { get; } = [];
    }
}
