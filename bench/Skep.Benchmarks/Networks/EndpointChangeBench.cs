using System.Diagnostics;
using System.Globalization;
using Skep.Agent.Network.Balancing;
using Skep.Linux.Namespaces;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Benchmarks.Networks;

/// <summary>What it costs a node that one task comes or goes, in a task's namespace of the real kernel.</summary>
internal static class EndpointChangeBench
{
    private const int Changes = 200;
    private const int EndpointsPerService = 5;

    private static readonly NetworkId net = new("net");

    /// <summary>Lines of a table; the median and the slowest of twenty of some changes each.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync()
    {
        var lines = new List<string>
        {
            "| endpoints | services | one change, p50 | p95 | all at once |",
            "|---|---|---|---|---|",
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
            NetworkState state = StateOf(endpoints, services);
            long before = Stopwatch.GetTimestamp();
            await addresses.ApplyAsync(state, default);
            TimeSpan all = Stopwatch.GetElapsedTime(before);
            var times = new List<double>();
            for (int i = 0; i < Changes; i++)
            {
                // One goes, the next time it comes back: both are what an update of a service does.
                state = With(state, (i / 2 * 7) % endpoints, services, isServing: i % 2 == 1);
                before = Stopwatch.GetTimestamp();
                await addresses.ApplyAsync(state, default);
                times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            times.Sort();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {endpoints} | {services} | {times[Changes / 2]:0.00} ms | {times[Changes * 95 / 100]:0.00} ms "
                + $"| {all.TotalMilliseconds:0} ms |");
        }
        finally
        {
            NetworkNamespace.Remove(path);
        }
    }

    private static NetworkState StateOf(int endpoints, int services)
    {
        NetworkState state = NetworkState.Empty;
        for (int i = 0; i < services; i++)
        {
            var id = new ServiceId($"s{i}");
            state = state with
            {
                Services = state.Services.Add((net, id), new ServiceFacts
                {
                    Id = id, Network = net, Name = id.Value, VirtualAddresses = [$"10.1.{i / 250}.{i % 250 + 2}"],
                }),
            };
        }

        for (int i = 0; i < endpoints; i++)
        {
            state = With(state, i, services, isServing: true);
        }

        return state;
    }

    private static NetworkState With(NetworkState state, int number, int services, bool isServing)
    {
        var task = new TaskId($"t{number}");
        return state with
        {
            Endpoints = state.Endpoints.SetItem((net, task), new EndpointFacts
            {
                Task = task, Network = net, Node = new NodeId("n"), Service = new ServiceId($"s{number % services}"),
                Addresses = [$"10.0.{number / 250}.{number % 250 + 2}"], IsServing = isServing,
            }),
        };
    }
}
