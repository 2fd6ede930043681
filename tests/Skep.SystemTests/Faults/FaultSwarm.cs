using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Three managers and a host that is in no swarm, each with a small disk that can be filled.</summary>
/// <remarks>
/// The disks are in memory, so a host that loses its power has lost its disk: these hosts' engines die, never the
/// hosts. Every test begins with three managers that reach each other, and what it breaks is made whole for the next.
/// </remarks>
public sealed class FaultSwarm : IAsyncLifetime
{
    private const int DiskMegabytes = 128;
    private const int HostCount = 4;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(180);

    private TestHosts? hosts;

    /// <summary>The host that is in no swarm.</summary>
    internal TestHost Stranger => hosts![HostCount - 1];

    internal TestHost[] Managers => [hosts![0], hosts[1], hosts[2]];

    /// <summary>Where all hosts can be reached from.</summary>
    internal TestHosts Network => hosts!;

    public async Task InitializeAsync() => hosts = await TestHosts.StartAsync(
        [.. Enumerable.Repeat(Engine.UnderTest with { DiskMegabytes = DiskMegabytes }, HostCount)]);

    public async Task DisposeAsync()
    {
        if (hosts is not null)
        {
            await hosts.DisposeAsync();
        }
    }

    /// <summary>The leader and the two others, all reachable.</summary>
    internal async Task<(TestHost Leader, TestHost[] Others)> WholeAsync()
    {
        foreach (TestHost host in Managers.Append(Stranger))
        {
            await host.StartEngineAsync();
        }

        if (await ReachableAsync(Managers[0]) != 3)
        {
            await MakeAnewAsync();
        }

        await UntilReachableAsync(3);
        TestHost leader = await LeaderAsync();
        return (leader, [.. Managers.Where(host => host != leader)]);
    }

    /// <summary>A line that must succeed: its output.</summary>
    internal static async Task<string> SayAsync(TestHost host, string line)
    {
        Finished finished = await host.Shell(line).RunAsync();
        Assert.True(finished.ExitCode == 0, $"{line}\n{finished}\n{host.LogTail()}");
        return finished.Text;
    }

    /// <summary>A line that must be refused: what it says.</summary>
    internal static async Task<string> RefusedAsync(TestHost host, string line)
    {
        Finished finished = await host.Shell($"{line} 2>&1").RunAsync();
        Assert.True(finished.ExitCode != 0, $"{line}\n{finished}\n{host.LogTail()}");
        return finished.Text;
    }

    internal static Task UntilAsync(TestHost host, string line, string text) => Eventually.TrueAsync(
        $"'{line}' at {host.Name} says '{text}'",
        patience,
        async () => (await host.Shell($"{line} 2>&1").RunAsync()).Output.Contains(text, StringComparison.Ordinal));

    /// <summary>Somebody takes a write; each is asked in turn.</summary>
    internal static async Task UntilWritableAsync(TestHost[] managers, string name)
    {
        int turn = 0;
        string last = "";
        try
        {
            await Eventually.TrueAsync("a manager takes a write", patience, async () =>
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
                TestHost asked = managers[++turn % managers.Length];
                string? refusal = await SecretWriter.RefusalOfAsync(asked, $"{name}-{turn}", soon.Token);
                last = $"{asked.Name} at turn {turn}: {refusal}";
                return refusal is null;
            });
        }
        catch (TimeoutException error)
        {
            IEnumerable<string> logs = managers.Select(static manager => manager.LogTail());
            throw new TimeoutException($"{error.Message}\n{last}\n{string.Join('\n', logs)}", error);
        }
    }

    internal Task UntilReachableAsync(int count) => Eventually.TrueAsync(
        $"{count} managers reach each other",
        patience,
        async () => (await Task.WhenAll(Managers.Select(ReachableAsync))).All(seen => seen == count));

    internal async Task<TestHost> LeaderAsync()
    {
        TestHost? leader = null;
        await Eventually.TrueAsync("a manager leads", patience, async () =>
            (leader = await LeaderOfAsync(Managers)) is not null);
        return leader!;
    }

    /// <summary>The one of these that says that it leads; null when none does.</summary>
    internal static async Task<TestHost?> LeaderOfAsync(TestHost[] managers)
    {
        foreach (TestHost manager in managers)
        {
            Finished answer = await manager.Docker(
                "node", "inspect", "self", "--format", "{{.ManagerStatus.Leader}}").RunAsync();
            if (answer.Text == "true")
            {
                return manager;
            }
        }

        return null;
    }

    /// <summary>How often a manager has raised the term to be elected, as its log says.</summary>
    internal static int CandidaciesOf(TestHost host) => File.ReadLines(host.LogFile)
        .Count(static line => line.Contains("Became Candidate", StringComparison.Ordinal));

    private static async Task<int> ReachableAsync(TestHost host)
    {
        Finished list = await host.Docker("node", "ls", "--format", "{{.ManagerStatus}}").RunAsync();
        return list.Text.Split('\n').Count(static line => line is "Leader" or "Reachable");
    }

    private async Task MakeAnewAsync()
    {
        foreach (TestHost host in Managers.Append(Stranger))
        {
            await host.Docker("swarm", "leave", "--force").RunAsync();
        }

        TestHost[] managers = Managers;
        await SayAsync(managers[0], $"docker swarm init --advertise-addr {managers[0].Address}");
        string join = await JoinLineAsync(managers[0], "manager");

        // M1: both ask at once; one change of the members is made at a time, and both become managers. On a slow
        // machine the command may give up waiting while the join goes on.
        await Task.WhenAll(managers.Skip(1).Select(
            host => host.Shell($"{join} --advertise-addr {host.Address}").RunAsync()));
    }

    internal static async Task<string> JoinLineAsync(TestHost manager, string role) =>
        (await SayAsync(manager, $"docker swarm join-token {role}")).Split('\n')
            .Single(static line => line.Contains("swarm join --token", StringComparison.Ordinal)).Trim();
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultSwarmCollection : ICollectionFixture<FaultSwarm>
{
    public const string Name = "fault swarm";
}
