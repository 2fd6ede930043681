using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks;

/// <summary>One container's way: milliseconds until it was created, and from there until it ran.</summary>
internal sealed record Launch(double CreateMilliseconds, double StartMilliseconds)
{
    public double TotalMilliseconds => CreateMilliseconds + StartMilliseconds;
}

/// <summary>What is measured; each method is one sample.</summary>
internal static partial class Measurements
{
    public static async Task<Launch> LaunchOneAsync(EngineClient engine, string name)
    {
        var watch = Stopwatch.StartNew();
        string id = await engine.CreateAsync(name);
        double created = watch.Elapsed.TotalMilliseconds;
        await engine.StartAsync(id);
        double running = watch.Elapsed.TotalMilliseconds;
        await engine.RemoveAsync(id);
        return new Launch(created, running - created);
    }

    /// <summary>Milliseconds until the last of many containers, asked for at the same moment, runs.</summary>
    public static async Task<double> LaunchManyAsync(EngineClient engine, string name, int count)
    {
        var watch = Stopwatch.StartNew();
        string[] ids = await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
        {
            string id = await engine.CreateAsync(string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
            await engine.StartAsync(id);
            return id;
        }));
        double running = watch.Elapsed.TotalMilliseconds;
        foreach (string id in ids)
        {
            await engine.RemoveAsync(id);
        }

        return running;
    }

    /// <summary>containerd's own client, without network, log or restart: the floor under every engine.</summary>
    public static async Task<double> LaunchWithCtrAsync(CtrClient ctr, string name)
    {
        var watch = Stopwatch.StartNew();
        await ctr.RunAsync(name);
        double running = watch.Elapsed.TotalMilliseconds;
        await ctr.RemoveAsync(name);
        return running;
    }

    public static async Task<double> LaunchManyWithCtrAsync(CtrClient ctr, string name, int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(number => $"{name}-{number}")];
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(names.Select(ctr.RunAsync));
        double running = watch.Elapsed.TotalMilliseconds;
        await Task.WhenAll(names.Select(ctr.RemoveAsync));
        return running;
    }

    /// <summary>The daemon's proportional share of memory in MB, without its containerd.</summary>
    public static double MemoryMegabytes(TestHost host)
    {
        string rollup = File.ReadAllText($"/proc/{host.EngineProcess}/smaps_rollup");
        return double.Parse(Pss().Match(rollup).Groups[1].Value, CultureInfo.InvariantCulture) / 1024;
    }

    public static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    [GeneratedRegex(@"^Pss:\s+(\d+) kB", RegexOptions.Multiline)]
    private static partial Regex Pss();
}
