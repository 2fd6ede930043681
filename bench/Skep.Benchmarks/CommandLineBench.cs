using System.Diagnostics;
using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks;

/// <summary>
/// How long a user waits for the program itself: commands for which the daemon has next to nothing to do.
/// </summary>
internal static class CommandLineBench
{
    private const string Genuine = "/usr/bin/docker";

    private const string Socket = "SOCKET";

    private static readonly (string Name, double? Target, string[] Words)[] lines =
    [
        ("version, ms", 1.0, ["-H", Socket, "version"]),
        ("version, nobody answers, ms", null, ["-H", "unix:///nosuch", "version"]),
        ("--version, ms", null, ["--version"]),
        ("--help, ms", null, ["--help"]),
        ("a wrong flag, ms", null, ["ps", "--nosuch"]),
    ];

    /// <summary>Both programs take turns at one daemon, so that a busy machine is busy for both.</summary>
    public static async Task<IReadOnlyList<Row>> RunAsync(int rounds)
    {
        await using TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest);
        string socket = $"unix://{hosts[0].Socket}";
        string own = Path.Combine(Engine.OutFolder, "skep");
        var rows = new List<Row>();
        foreach ((string name, double? target, string[] pattern) in lines)
        {
            string[] words = [.. pattern.Select(word => word == Socket ? socket : word)];
            var ours = new List<double>();
            var theirs = new List<double>();
            await MeasureAsync(own, words);
            await MeasureAsync(Genuine, words);
            for (int round = 0; round < rounds; round++)
            {
                ours.Add(await MeasureAsync(own, words));
                theirs.Add(await MeasureAsync(Genuine, words));
            }

            rows.Add(new Row(name, target, Measurements.Median(ours), Measurements.Median(theirs), null));
        }

        return rows;
    }

    private static async Task<double> MeasureAsync(string program, string[] words)
    {
        var watch = Stopwatch.StartNew();
        await new Command(program, words).RunAsync();
        return watch.Elapsed.TotalMilliseconds;
    }
}
