using Skep.Simulation.Disk;

namespace Skep.Simulation.Clusters;

/// <summary>
/// What one run is like: drawn from its seed, so that runs differ as wholes and not only in their dice.
/// </summary>
/// <remarks>Chances are from 0 to 1. The ranges follow TigerBeetle's simulator
/// (docs/internals/simulation.md).</remarks>
public sealed record SimulationOptions
{
    /// <summary>Managers that the swarm grows to at first: 1 to 7.</summary>
    public required int Managers { get; init; }

    /// <summary>Simulated time of the phase in which anything may fail.</summary>
    public required TimeSpan Safety { get; init; }

    /// <summary>Simulated time in which the healed swarm must have come to rest.</summary>
    public required TimeSpan Liveness { get; init; }

    /// <summary>Between two ticks of a true clock.</summary>
    public required TimeSpan Tick { get; init; }

    /// <summary>A manager is taken for Docker's: its pace and features, no PreVote, no learners.</summary>
    public required bool HasDocker { get; init; }

    public required int Clients { get; init; }

    /// <summary>Between two operations of a client, on average.</summary>
    public required TimeSpan Think { get; init; }

    /// <summary>Objects that the clients write; few, so that they get in each other's way.</summary>
    public required int Registers { get; init; }

    public required ulong SnapshotEntries { get; init; }

    public required ulong KeptEntries { get; init; }

    /// <summary>Bytes of entries in one append; 1: every entry travels alone.</summary>
    public required long MessageBytes { get; init; }

    /// <summary>Appends under way to one follower.</summary>
    public required int InflightMessages { get; init; }

    /// <summary>Chance that everybody runs to a manager in the moment it is elected, and trouble after them.</summary>
    public required double Rush { get; init; }

    public required NetworkWeather Network { get; init; }

    public required DiskFaults Disk { get; init; }

    /// <summary>Between two crashes anywhere, on average; null: none.</summary>
    public required TimeSpan? Crashes { get; init; }

    /// <summary>Between two changes of the members, on average; null: none.</summary>
    public required TimeSpan? Changes { get; init; }

    /// <summary>Between two disks running full, on average; null: none.</summary>
    public required TimeSpan? FullDisks { get; init; }

    /// <summary>How much faster or slower than true a manager's clock may run: 0.5 is half to double.</summary>
    public required double Drift { get; init; }

    /// <param name="safety">Of a swarm with fast ticks; slow ones get as many ticks.</param>
    public static SimulationOptions Draw(Random random, TimeSpan safety)
    {
        bool isSlow = random.Next(2) == 0;
        double pace = isSlow ? 10 : 1;
        return new SimulationOptions
        {
            Managers = random.Next(8) switch { 0 => 1, 1 => 2, <= 4 => 3, 5 => 4, 6 => 5, _ => random.Next(6, 8) },
            Safety = safety * pace,
            Liveness = TimeSpan.FromSeconds(60 * pace),
            Tick = TimeSpan.FromMilliseconds(100 * pace),
            HasDocker = random.Next(4) == 0,
            Clients = random.Next(1, 5),
            Think = TimeSpan.FromSeconds(pace * (0.1 + (random.NextDouble() * 3))),
            Registers = random.Next(1, 5),
            SnapshotEntries = (ulong)random.Next(5, 200),
            KeptEntries = (ulong)random.Next(0, 60),
            MessageBytes = random.Next(3) switch { 0 => 1, 1 => random.Next(50, 2000), _ => 65_535 },
            InflightMessages = random.Next(2) == 0 ? random.Next(1, 8) : 256,
            Rush = random.Next(2) == 0 ? 0 : random.NextDouble(),
            Network = NetworkWeather.Draw(random, pace),
            Disk = DiskFaults.Draw(random),
            Crashes = Sometimes(random, 4, 10 * pace, 120 * pace),
            Changes = Sometimes(random, 2, 10 * pace, 120 * pace),
            FullDisks = Sometimes(random, 1, 20 * pace, 120 * pace),
            Drift = random.Next(3) == 0 ? random.NextDouble() : random.NextDouble() * 0.01,
        };
    }

    /// <param name="often">In how many of five runs there is such a thing.</param>
    private static TimeSpan? Sometimes(Random random, int often, double secondsMin, double secondsMax) =>
        random.Next(5) < often
            ? TimeSpan.FromSeconds(secondsMin + (random.NextDouble() * (secondsMax - secondsMin)))
            : null;
}
