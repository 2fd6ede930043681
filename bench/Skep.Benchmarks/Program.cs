using Skep.Benchmarks;
using Skep.Benchmarks.Networks;
using Skep.Benchmarks.Placement;
using Skep.Benchmarks.Services;
using Skep.Benchmarks.Swarms;
using Skep.Benchmarks.Traffic;
using Skep.SystemTests.Hosts;

const int manyCount = 50;
bool isShort = args.Contains("--short");
int rounds = isShort ? 3 : 20;
int manyRounds = isShort ? 1 : 3;

if (args.Contains("--scheduler"))
{
    foreach (string line in SchedulerBench.Run(rounds: isShort ? 1 : 5))
    {
        Console.WriteLine(line);
    }
    return 0;
}

if (args.Contains("--endpoints"))
{
    foreach (string line in await EndpointChangeBench.RunAsync())
    {
        Console.WriteLine(line);
    }
    return 0;
}

if (args.Contains("--change-delay"))
{
    foreach (string line in await ChangeDelayBench.RunAsync(Engine.UnderTest, rounds: isShort ? 10 : 200))
    {
        Console.WriteLine(line);
    }
    return 0;
}

if (args.Contains("--traffic"))
{
    foreach (string line in await TrafficBench.RunAsync(Engine.UnderTest, isShort))
    {
        Console.WriteLine(line);
    }

    // It was seen once that the runtime, after thousands of short threads, waits for ever for one that has ended.
    Environment.Exit(0);
}

if (Engine.Reference is null)
{
    Console.Error.WriteLine("bench: dockerd is not installed; there is nothing to compare with");
    return 1;
}

if (args.Contains("--swarm"))
{
    Console.Write(Report.WriteTable(await SwarmBench.RunAsync(Engine.UnderTest, Engine.Reference, isShort)));
    return 0;
}

if (args.Contains("--cli"))
{
    Console.Write(Report.WriteTable(await CommandLineBench.RunAsync(isShort ? 5 : 40)));
    return 0;
}

if (args.Contains("--writes"))
{
    Console.Write(Report.WriteTable(await ServiceBench.RunWritesAsync(Engine.UnderTest, Engine.Reference, isShort)));
    return 0;
}

if (args.Contains("--services"))
{
    Console.Write(Report.WriteTable(await ServiceBench.RunAsync(Engine.UnderTest, Engine.Reference, isShort)));
    return 0;
}

await using TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest, Engine.Reference);
(TestHost skepHost, TestHost dockerHost) = (hosts[0], hosts[1]);
string archive = await HostImages.LoadAsync(skepHost);
await HostImages.LoadAsync(dockerHost);
using var skep = new EngineClient(skepHost.Socket);
using var dockerd = new EngineClient(dockerHost.Socket);
var ctr = new CtrClient(dockerHost, "/run/docker/containerd/containerd.sock");
await ctr.LoadAsync(archive);

// The first containers of an engine's life pay for what later ones find ready.
await Measurements.LaunchOneAsync(skep, "warm");
await Measurements.LaunchOneAsync(dockerd, "warm");
await Measurements.LaunchWithCtrAsync(ctr, "warm");
double skepMemory = Measurements.MemoryMegabytes(skepHost);
double dockerdMemory = Measurements.MemoryMegabytes(dockerHost);

List<Launch> skepOnes = [];
List<Launch> dockerdOnes = [];
List<double> ctrOnes = [];
for (int round = 0; round < rounds; round++)
{
    skepOnes.Add(await Measurements.LaunchOneAsync(skep, $"one-{round}"));
    dockerdOnes.Add(await Measurements.LaunchOneAsync(dockerd, $"one-{round}"));
    ctrOnes.Add(await Measurements.LaunchWithCtrAsync(ctr, $"one-{round}"));
}

List<double> skepMany = [];
List<double> dockerdMany = [];
List<double> ctrMany = [];
for (int round = 0; round < manyRounds; round++)
{
    skepMany.Add(await Measurements.LaunchManyAsync(skep, $"many-{round}", manyCount));
    dockerdMany.Add(await Measurements.LaunchManyAsync(dockerd, $"many-{round}", manyCount));
    ctrMany.Add(await Measurements.LaunchManyWithCtrAsync(ctr, $"many-{round}", manyCount));
}

List<Row> rows =
[
    Compare("create to running, one container, ms", 0.6, it => it.TotalMilliseconds, Measurements.Median(ctrOnes)),
    Compare("of that: create, ms", null, it => it.CreateMilliseconds, null),
    Compare("of that: start, ms", null, it => it.StartMilliseconds, null),
    new(
        $"{manyCount} containers in parallel, ms", 0.75, Measurements.Median(skepMany),
        Measurements.Median(dockerdMany), Measurements.Median(ctrMany)),
    new("idle daemon, MB", 0.6, skepMemory, dockerdMemory, null),
];
string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
Finished version = await dockerHost.Docker("version", "--format", "dockerd {{.Server.Version}}").CheckAsync();
string machine = $"{Environment.ProcessorCount} processors, kernel {kernel}, {version.Text}";
Console.Write(Report.Write(rows, machine, rounds, manyRounds));
return 0;

Row Compare(string name, double? target, Func<Launch, double> part, double? ctrMedian) => new(
    name, target, Measurements.Median(skepOnes.Select(part)), Measurements.Median(dockerdOnes.Select(part)), ctrMedian);
