namespace Skep.Simulation.Clusters;

/// <summary>How the simulated network treats messages. Chances are from 0 to 1.</summary>
/// <param name="Loss">Per message: 0 to 30 %.</param>
/// <param name="Duplicate">Per message: 0 to 50 %.</param>
/// <param name="DelayMin">Of one message.</param>
/// <param name="DelayMean">On top of it; drawn from an exponential, so some are very late and overtaken.</param>
/// <param name="KeepsOrder">As a real stream does; or the worse case, in which later messages overtake.</param>
/// <param name="Partitions">Between two partitions, on average; null: none.</param>
/// <param name="PartitionLength">On average.</param>
public sealed record NetworkWeather(
    double Loss,
    double Duplicate,
    TimeSpan DelayMin,
    TimeSpan DelayMean,
    bool KeepsOrder,
    TimeSpan? Partitions,
    TimeSpan PartitionLength)
{
    public static NetworkWeather Fair { get; } = new(
        0, 0, TimeSpan.FromMicroseconds(200), TimeSpan.FromMicroseconds(300), true, null, TimeSpan.Zero);

    /// <param name="pace">1 when ticks are fast, 10 when they are slow.</param>
    public static NetworkWeather Draw(Random random, double pace) => new(
        Loss: random.Next(3) == 0 ? 0 : random.NextDouble() * 0.3,
        Duplicate: random.Next(3) == 0 ? 0 : random.NextDouble() * 0.5,
        DelayMin: TimeSpan.FromMilliseconds(random.NextDouble() * 5),
        DelayMean: TimeSpan.FromMilliseconds(pace * random.NextDouble() * random.Next(1, 60)),
        KeepsOrder: random.Next(2) == 0,
        Partitions: random.Next(4) == 0 ? null : TimeSpan.FromSeconds(pace * (3 + (random.NextDouble() * 60))),
        PartitionLength: TimeSpan.FromSeconds(pace * (0.5 + (random.NextDouble() * 15))));
}
