using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Skep.Simulation.Clusters;

/// <summary><c>soak HOURS [SEED]</c>: plays seeds on all processors until the time is up.</summary>
internal static class SoakCommand
{
    private static readonly TimeSpan safety = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan reportPeriod = TimeSpan.FromMinutes(1);

    public static int Run(string hours, IReadOnlyList<string> seed)
    {
        var run = new Soak(
            TimeSpan.FromHours(double.Parse(hours, CultureInfo.InvariantCulture)),
            seed.Count > 0
                ? ulong.Parse(seed[0], CultureInfo.InvariantCulture)
                : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue) << 20);
        run.Play();
        return run.FailedCount == 0 ? 0 : 1;
    }

    private sealed class Soak(TimeSpan length, ulong firstSeed)
    {
        private readonly Lock gate = new();
        private readonly Figures figures = new();
        private readonly long began = Stopwatch.GetTimestamp();
        private ulong nextSeed = firstSeed;
        private long playedCount;
        private TimeSpan reportDue = reportPeriod;

        public int FailedCount { get; private set; }

        private TimeSpan Elapsed => Stopwatch.GetElapsedTime(began);

        public void Play()
        {
            Console.WriteLine($"seeds from {nextSeed} on, commit {Commit}, {Environment.ProcessorCount} processors");
            Thread[] workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work))];
            Array.ForEach(workers, static worker => worker.Start());
            Array.ForEach(workers, static worker => worker.Join());
            Report();
        }

        private static string Commit => Environment.GetEnvironmentVariable("SKEP_COMMIT") ?? "unknown";

        private void Work()
        {
            while (Elapsed < length)
            {
                ulong seed;
                lock (gate)
                {
                    seed = nextSeed++;
                }

                Play(seed);
            }
        }

        private void Play(ulong seed)
        {
            var run = new ClusterSimulation(seed, safety, null);
            string? failure = null;
            try
            {
                run.Run();
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                failure = broken is SimulationFailedException ? broken.Message : broken.ToString();
            }

            lock (gate)
            {
                figures.Add(run.Figures);
                playedCount++;
                if (failure is not null)
                {
                    FailedCount++;
                    Console.WriteLine($"seed {seed} at commit {Commit} FAILED: {failure}");
                }

                if (Elapsed >= reportDue)
                {
                    reportDue = Elapsed + reportPeriod;
                    Report();
                }
            }
        }

        private void Report() => Console.WriteLine(
            $"{Elapsed.TotalHours:0.00} h: {playedCount} seeds, {FailedCount} failed; {figures}");
    }
}
