using System.Diagnostics;
using System.Globalization;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks.Swarms;

/// <summary>A few hosts with one kind of engine, and what is measured on them. Each method is one sample.</summary>
internal sealed class SwarmUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly TestHosts hosts;
    private readonly SwarmClient[] clients;
    private int secretCount;
    private int managerCount;

    private SwarmUnderTest(TestHosts hosts, int count)
    {
        this.hosts = hosts;
        clients = [.. Enumerable.Range(0, count).Select(index => new SwarmClient(hosts[index].Socket))];
    }

    public IReadOnlyList<TestHost> Hosts => [.. Enumerable.Range(0, clients.Length).Select(index => hosts[index])];

    /// <summary>Path of the namespace of the world outside of all hosts.</summary>
    public string OutsideSpace => "/run/netns/" + hosts.NamespaceOf(0);

    /// <summary>Name of the namespace of a host.</summary>
    public string SpaceOf(int index) => hosts.NamespaceOf(hosts[index].Number);

    public static async Task<SwarmUnderTest> StartAsync(Engine engine, int count)
    {
        TestHosts hosts = await TestHosts.StartAsync([.. Enumerable.Repeat(engine, count)]);
        return new SwarmUnderTest(hosts, count);
    }

    /// <summary>
    /// Milliseconds of <c>swarm init</c>; then of each join until the new manager is ready and reachable.
    /// </summary>
    public async Task<(double Init, List<double> Joins)> FormAsync(int managers)
    {
        var watch = Stopwatch.StartNew();
        await clients[0].InitAsync(hosts[0].Address);
        double init = watch.Elapsed.TotalMilliseconds;
        string token = (await clients[0].TokensAsync()).Manager;
        List<double> joins = [];
        for (int index = 1; index < managers; index++)
        {
            watch.Restart();
            await clients[index].JoinAsync(hosts[index].Address, hosts[0].Address, token);
            await UntilAsync(managersReady: index + 1);
            joins.Add(watch.Elapsed.TotalMilliseconds);
        }

        await UntilAsync(managers);
        managerCount = managers;
        return (init, joins);
    }

    /// <summary>Milliseconds of a worker's join, until the manager shows it as ready.</summary>
    public async Task<double> JoinWorkerAsync(int index)
    {
        string token = (await clients[0].TokensAsync()).Worker;
        (int ready, _) = await clients[0].NodesAsync();
        var watch = Stopwatch.StartNew();
        await clients[index].JoinAsync(hosts[index].Address, hosts[0].Address, token);
        await Eventually.TrueAsync(
            "the worker is ready", patience, async () => (await clients[0].NodesAsync()).Ready > ready);
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Secrets created per second by so many clients at once, asking the leader.</summary>
    public async Task<double> CreateSecretsAsync(int clientCount, TimeSpan length)
    {
        using var end = new CancellationTokenSource(length, TimeProvider.System);
        int created = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clientCount).Select(async _ =>
        {
            using var client = new SwarmClient(hosts[0].Socket);
            while (!end.IsCancellationRequested)
            {
                if (!await client.TryCreateSecretAsync(NewName(), CancellationToken.None))
                {
                    throw new InvalidOperationException("a secret was refused");
                }

                Interlocked.Increment(ref created);
            }
        }));
        return created / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Milliseconds from the kill of the leader until another manager has taken a write.</summary>
    public async Task<double> FailOverAsync(int leader)
    {
        await hosts[leader].KillEngineAsync();
        var watch = Stopwatch.StartNew();
        int next = leader == 0 ? 1 : 0;
        while (!await clients[next].TryCreateSecretAsync(NewName(), CancellationToken.None))
        {
            if (watch.Elapsed > patience)
            {
                throw new TimeoutException("no new leader took a write");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        double taken = watch.Elapsed.TotalMilliseconds;
        await hosts[leader].StartEngineAsync();
        await UntilAsync(managerCount);
        return taken;
    }

    public async Task<int> LeaderAsync()
    {
        for (int index = 0; index < managerCount; index++)
        {
            Finished line = await hosts[index].Docker(
                "node", "inspect", "self", "--format", "{{.ManagerStatus.Leader}}").RunAsync();
            if (line.Text == "true")
            {
                return index;
            }
        }

        throw new InvalidOperationException("no manager leads");
    }

    public async Task DissolveAsync(int count)
    {
        for (int index = count - 1; index >= 0; index--)
        {
            await clients[index].LeaveAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SwarmClient client in clients)
        {
            client.Dispose();
        }

        await hosts.DisposeAsync();
    }

    private string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"secret-{Interlocked.Increment(ref secretCount)}");

    private Task UntilAsync(int managersReady) => Eventually.TrueAsync(
        $"{managersReady} managers are ready",
        patience,
        async () =>
        {
            try
            {
                (int ready, int reachable) = await clients[0].NodesAsync();
                return ready >= managersReady && reachable >= managersReady;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
}
