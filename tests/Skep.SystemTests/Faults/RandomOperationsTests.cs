using System.Diagnostics;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Xunit.Abstractions;

namespace Skep.SystemTests.Faults;

/// <summary>
/// What users and machines do, in an order nobody thought of, on real containers. The same in simulation, and much
/// more of it: the unit tests of orchestration.
/// </summary>
[Collection(SwarmPairCollection.Name)]
public class RandomOperationsTests(SwarmPair engines, ITestOutputHelper output)
{
    private const int Seed = 20;
    private const int Managers = 3;
    private const int Nodes = 5;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(240);

    [SkepFact]
    public Task After_random_operations_the_store_the_API_and_the_kernel_agree() => engines.PlayAsync(async team =>
    {
        await Task.WhenAll(team.All.Select(static user => user.Host.HaveImagesAsync()));
        await team.InitAsync();
        for (int number = 2; number <= Nodes; number++)
        {
            await team.JoinAsync(number, number <= Managers ? "manager" : "worker");
            await team.UntilNodeAsync($"host{number} Ready");
        }

        var operations = new RandomOperations(team, Managers, Seed);
        int count = Soak.Or(100, 200);
        var watch = Stopwatch.StartNew();
        try
        {
            for (int number = 0; number < count; number++)
            {
                await operations.NextAsync();
            }

            await operations.HealAsync();
            for (int number = 2; number <= Nodes; number++)
            {
                await team.UntilNodeAsync($"host{number} Ready Active");
            }
        }
        finally
        {
            output.WriteLine($"{watch.Elapsed.TotalSeconds:F1} s\n{string.Join('\n', operations.Done)}");
        }

        await AgreeAsync(team, operations);
        output.WriteLine($"all agree after {watch.Elapsed.TotalSeconds:F1} s");
    });

    private static async Task AgreeAsync(Team team, RandomOperations operations)
    {
        string difference = "nobody looked yet";
        try
        {
            await Eventually.TrueAsync("all agree", patience, async () =>
            {
                try
                {
                    difference = await CompareAsync(team, operations);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    difference = e.Message; // Nobody leads for the moment.
                }

                return difference.Length == 0;
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}: {difference}\n{team[1].Host.LogTail()}");
        }
    }

    /// <returns>The first thing that two of them do not agree on; "" for peace.</returns>
    private static async Task<string> CompareAsync(Team team, RandomOperations operations)
    {
        List<TaskView> tasks = await TasksAsync(team[1].Host);
        foreach (TestHost manager in team.All.Take(Managers).Select(static user => user.Host))
        {
            if (!tasks.SequenceEqual(await TasksAsync(manager)))
            {
                return $"{manager.Name}'s store is another";
            }
        }

        List<TaskView> wanted = [.. tasks.Where(static task => task.Wanted == "running")];
        if (wanted.FirstOrDefault(static task => !task.IsRunning) is { } late)
        {
            return $"{late} does not run";
        }

        foreach ((string service, int replicas) in operations.Services)
        {
            string id = (await team[1].Host.Docker("service", "inspect", "-f", "{{.ID}}", service).RunAsync()).Text;
            int running = wanted.Count(task => task.Service == id);
            if (running != (replicas == RandomOperations.Everywhere ? Nodes : replicas))
            {
                return $"{service} has {running} tasks instead of {replicas}";
            }
        }

        foreach (TestHost host in team.All.Select(static user => user.Host))
        {
            if (await CompareHostAsync(host, tasks, wanted) is { Length: > 0 } difference)
            {
                return difference;
            }
        }

        return wanted.Count == operations.Services.Values.Sum(static replicas =>
            replicas == RandomOperations.Everywhere ? Nodes : replicas)
                ? ""
                : "tasks of services that are gone";
    }

    private static async Task<string> CompareHostAsync(TestHost host, List<TaskView> tasks, List<TaskView> wanted)
    {
        string node = (await host.Docker("info", "-f", "{{.Swarm.NodeID}}").RunAsync()).Text;
        string expected = Lines(wanted.Where(task => task.Node == node).Select(static task => task.Container));
        string api = Lines(
            (await host.Docker("ps", "-q", "--no-trunc").RunAsync()).Text
                .Split('\n', StringSplitOptions.RemoveEmptyEntries));
        string containerd = Lines(await ContainerdAsync(host));
        string kernel = Lines(RunningContainers.Of(host));
        string all = (await host.Docker("ps", "-aq", "--no-trunc").RunAsync()).Text;
        string[] unknown =
        [
            .. all.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Except(tasks.Where(task => task.Node == node).Select(static task => task.Container)),
        ];
        return api != expected ? $"{host.Name}'s engine runs {api} instead of {expected}"
            : containerd != expected ? $"{host.Name}'s containerd runs {containerd} instead of {expected}"
            : kernel != expected ? $"{host.Name}'s kernel runs {kernel} instead of {expected}"
            : unknown.Length > 0 ? $"{host.Name} has containers of no task: {Lines(unknown)}"
            : "";
    }

    private static async Task<List<TaskView>> TasksAsync(TestHost manager)
    {
        using HttpClient api = manager.Api();
        return await TaskView.ListAsync(api, "");
    }

    /// <summary>Containers whose task containerd says is running, whatever namespace it is in.</summary>
    private static async Task<IEnumerable<string>> ContainerdAsync(TestHost host)
    {
        const string list = "for n in $(ctr -a /run/skep/containerd/containerd.sock namespaces ls -q); do "
            + "ctr -a /run/skep/containerd/containerd.sock -n $n tasks ls; done | awk '$3 == \"RUNNING\" { print $1 }'";
        return (await host.Inside("sh", "-c", list).CheckAsync()).Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Lines(IEnumerable<string> ids) =>
        string.Join(' ', ids.Order(StringComparer.Ordinal).Select(static id => id[..Math.Min(12, id.Length)]));
}
