using System.Diagnostics;

namespace Skep.Simulation.Clusters;

/// <summary><c>bugs [NAME...]</c>: plants each bug in turn and says which seed saw it first.</summary>
internal static class BugsCommand
{
    /// <summary>Seeds tried for a bug before it counts as unseen.</summary>
    private const int SeedCount = 400;

    private static readonly TimeSpan safety = TimeSpan.FromSeconds(300);

    public static int Run(IReadOnlyList<string> names)
    {
        int unseen = 0;
        foreach (PlantedBug bug in PlantedBug.All)
        {
            if (names.Count > 0 && !names.Contains(bug.Name, StringComparer.Ordinal))
            {
                continue;
            }

            long began = Stopwatch.GetTimestamp();
            (ulong Seed, string What)? seen = FirstSeen(bug, SeedCount, safety);
            unseen += seen is null ? 1 : 0;
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(seen is { } found
                ? $"{bug.Number} {bug.Name}: seed {found.Seed}, {seconds:0} s: {found.What}"
                : $"{bug.Number} {bug.Name}: not seen in {SeedCount} seeds, {seconds:0} s");
        }

        return unseen == 0 ? 0 : 1;
    }

    /// <returns>Null: none of the seeds from 1 on sees it.</returns>
    public static (ulong Seed, string What)? FirstSeen(PlantedBug bug, int seedCount, TimeSpan safety)
    {
        for (ulong seed = 1; seed <= (ulong)seedCount; seed++)
        {
            if (Failure(seed, safety, bug) is { } failure)
            {
                return (seed, failure);
            }
        }

        return null;
    }

    private static string? Failure(ulong seed, TimeSpan safety, PlantedBug bug)
    {
        try
        {
            new ClusterSimulation(seed, safety, null, bug).Run();
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A broken invariant of the core, or a log that does not open any more, sees a bug as well.
            return failure.Message;
        }
    }
}
