using System.Diagnostics;
using System.Globalization;

namespace Skep.Simulation.Clusters;

/// <summary><c>clusters SEED [COUNT [SECONDS]]</c>: plays that many seeds; one alone is told at length.</summary>
internal static class ClustersCommand
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        ulong first = arguments.Count > 0 ? ulong.Parse(arguments[0], CultureInfo.InvariantCulture) : 1;
        int count = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        double seconds = arguments.Count > 2 ? double.Parse(arguments[2], CultureInfo.InvariantCulture) : 300;
        var all = new Figures();
        long began = Stopwatch.GetTimestamp();
        int failed = 0;
        for (ulong seed = first; seed < first + (ulong)count; seed++)
        {
            var run = new ClusterSimulation(seed, TimeSpan.FromSeconds(seconds), count == 1 ? Console.Out : null);
            try
            {
                run.Run();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                failed++;
                Console.WriteLine($"seed {seed} FAILED: {(count == 1 ? failure : failure.Message)}");
                Console.WriteLine($"  {run.Options}");
            }

            all.Add(run.Figures);
        }

        Console.WriteLine(all);
        Console.WriteLine($"{failed} of {count} seeds failed; {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        return failed == 0 ? 0 : 1;
    }
}
