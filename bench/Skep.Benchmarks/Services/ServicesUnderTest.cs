using System.Diagnostics;
using System.Globalization;
using Skep.Benchmarks.Swarms;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Services;

/// <summary>A swarm of one kind of engine and what its services do; each method is one sample.</summary>
internal sealed class ServicesUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(300);

    /// <summary>How often is looked; the same for both engines, for looking costs them time.</summary>
    private static readonly TimeSpan glance = TimeSpan.FromMilliseconds(20);

    private readonly SwarmUnderTest swarm;
    private readonly ServiceClient[] clients;
    private int serviceCount;

    private ServicesUnderTest(SwarmUnderTest swarm)
    {
        this.swarm = swarm;
        clients = [.. swarm.Hosts.Select(host => new ServiceClient(host.Socket))];
    }

    private ServiceClient Leader => clients[0];

    public static async Task<ServicesUnderTest> StartAsync(Engine engine, int nodes)
    {
        SwarmUnderTest swarm = await SwarmUnderTest.StartAsync(engine, nodes);
        try
        {
            foreach (TestHost host in swarm.Hosts)
            {
                await HostImages.LoadAsync(host);
            }

            await swarm.FormAsync(nodes);
            return new(swarm);
        }
        catch
        {
            await swarm.DisposeAsync();
            throw;
        }
    }

    /// <returns>The service, the time until all its tasks ran, and the processor time of one task.</returns>
    public async Task<(string Id, double Time, double ProcessorTime)> CreateAsync(int replicas)
    {
        double used = ProcessorMilliseconds();
        var watch = Stopwatch.StartNew();
        string id = await Leader.CreateAsync(NewName(), replicas);
        await UntilRunningAsync(id, replicas);
        return (id, watch.Elapsed.TotalMilliseconds, (ProcessorMilliseconds() - used) / replicas);
    }

    /// <summary>Until the surplus containers are gone from all nodes.</summary>
    public async Task<double> ScaleDownAsync(string id, int replicas)
    {
        var watch = Stopwatch.StartNew();
        await Leader.ScaleAsync(id, replicas);
        await UntilContainersAsync(replicas);
        return watch.Elapsed.TotalMilliseconds;
    }

    public async Task<double> RemoveAsync(string id)
    {
        var watch = Stopwatch.StartNew();
        await Leader.RemoveAsync(id);
        await UntilContainersAsync(0);
        return watch.Elapsed.TotalMilliseconds;
    }

    public async Task<double> UpdateAsync(string id)
    {
        var watch = Stopwatch.StartNew();
        await Leader.ForceUpdateAsync(id);
        await UntilAsync("the update has completed", () => Leader.IsUpdatedAsync(id));
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>From the death of a task's process until another task runs in its place.</summary>
    public async Task<double> ReplaceAsync(string id)
    {
        string container = (await Leader.RunningAsync(id))[0];
        foreach (ServiceClient client in clients)
        {
            if ((await client.ContainersAsync()).Contains(container))
            {
                await client.KillAsync(container);
            }
        }

        var watch = Stopwatch.StartNew();
        await UntilAsync("another task runs", async () =>
        {
            IReadOnlyList<string> running = await Leader.RunningAsync(id);
            return running.Count == 1 && running[0] != container;
        });
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Services without tasks, created per second by so many clients at once; they are left there.</summary>
    public async Task<double> CreateEmptyAsync(int clientCount, TimeSpan length, int countMax)
    {
        int created = 0, started = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clientCount).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var writer = new EmptyServiceWriter(swarm.Hosts[0].Socket);
                while (watch.Elapsed < length && Interlocked.Increment(ref started) <= countMax)
                {
                    writer.Create(NewName());
                    Interlocked.Increment(ref created);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        return created / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Lists of all services per second, with so many there.</summary>
    public async Task<double> ListAsync(int count, TimeSpan length)
    {
        int missing = count - System.Text.Json.Nodes.JsonNode.Parse(await Leader.ListAsync())!.AsArray().Count;
        if (missing > 0)
        {
            await CreateEmptyAsync(16, patience, missing);
        }

        int lists = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            await Leader.ListAsync();
            lists++;
        }

        return lists / watch.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceClient client in clients)
        {
            client.Dispose();
        }

        await swarm.DisposeAsync();
    }

    private string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"service{Interlocked.Increment(ref serviceCount)}");

    private Task UntilRunningAsync(string id, int replicas) => UntilAsync(
        $"{replicas} tasks run", async () => (await Leader.RunningAsync(id)).Count == replicas);

    private Task UntilContainersAsync(int count) => UntilAsync($"{count} containers are left", async () =>
    {
        int found = 0;
        foreach (ServiceClient client in clients)
        {
            found += (await client.ContainersAsync()).Count;
        }

        return found == count;
    });

    private static async Task UntilAsync(string claim, Func<Task<bool>> isTrue)
    {
        var watch = Stopwatch.StartNew();
        while (!await isTrue())
        {
            if (watch.Elapsed > patience)
            {
                throw new TimeoutException($"it did not come true that {claim}");
            }

            await Task.Delay(glance, TimeProvider.System);
        }
    }

    /// <summary>What the hosts used: engines, containerd, shims, containers, and what these have waited for.</summary>
    private double ProcessorMilliseconds()
    {
        const double ticksPerMillisecond = 0.1;
        HashSet<string?> spaces = [.. swarm.Hosts.Select(host => PidSpaceOf(Invariant($"/proc/{host.EngineProcess}")))];
        long ticks = 0;
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(one => char.IsDigit(one[^1])))
        {
            // A container's processes are in spaces of their own, below their host's, and use next to nothing.
            if (PidSpaceOf(process) is { } space && spaces.Contains(space) && TicksOf(process) is { } used)
            {
                ticks += used;
            }
        }

        return ticks / ticksPerMillisecond;
    }

    private static string? PidSpaceOf(string process)
    {
        try
        {
            return new FileInfo(process + "/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            return null; // It has ended.
        }
    }

    /// <summary>Own and waited-for time, in hundredths of a second: fields 14 to 17 of proc(5)'s stat.</summary>
    private static long? TicksOf(string process)
    {
        try
        {
            string stat = File.ReadAllText(process + "/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields.Skip(11).Take(4).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
