using System.Globalization;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Xunit.Abstractions;

namespace Skep.SystemTests.Seed;

/// <summary>
/// The notes that Skep was made from, played row by row on three hosts: with the genuine CLI and with the program's
/// own, and beside the real engine as far as that can play them.
/// </summary>
[Collection(SwarmPairCollection.Name)]
public sealed class SeedTests(SwarmPair engines, ITestOutputHelper output)
{
    public const int HostCount = 3;
    private const int RowCount = 46;

    [SkepFact]
    public Task The_whole_walk_through_is_played_with_either_command_line() => engines.WalkAsync(
        PlayAsync, (genuine, own, real) =>
        {
            foreach (Walk walk in real is null ? [genuine, own] : new[] { genuine, own, real })
            {
                output.WriteLine(Times(walk));
            }

            string differences = Differences(genuine, own) + (real is null ? "" : Differences(real, genuine));
            Assert.True(differences.Length == 0, differences);
            Assert.Equal(Enumerable.Range(1, RowCount), genuine.Rows.Select(static row => row.Number).Order());
            Assert.Equal(Enumerable.Range(1, RowCount), own.Rows.Select(static row => row.Number).Order());
        });

    private static async Task PlayAsync(Walk walk)
    {
        await walk.HaveImagesAsync();
        await new ClusterRows(walk).PlayAsync();
        await new ServiceRows(walk).PlayAsync();
        await new UpdateRows(walk).PlayAsync();
        await new SecretRows(walk).PlayAsync();
        await new HealthRows(walk).PlayAsync();
        await new PlacementRows(walk).PlayAsync();
        await new NetworkRows(walk).PlayAsync();
        await new StackRows(walk).PlayAsync();
    }

    /// <summary>The lines of rows that both have played and that ended differently, or that only one has.</summary>
    private static string Differences(Walk expected, Walk actual)
    {
        IEnumerable<string> differences =
            from one in expected.Rows
            join other in actual.Rows on one.Number equals other.Number
            from host in Enumerable.Range(0, HostCount)
            from difference in Transcripts.Differences(
                one.Transcripts[host], expected.Name, other.Transcripts[host], actual.Name)
            select $"row {one.Number}, host {host + 1}\n{difference}";
        return string.Join("\n\n", differences);
    }

    private static string Times(Walk walk) => $"{walk.Name}: " + string.Join(", ", walk.Rows.Select(static row =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Number}: {row.Took.TotalSeconds:0.0} s")));
}
