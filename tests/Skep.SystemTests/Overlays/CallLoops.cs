using System.Globalization;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Overlays;

/// <summary>Calls, one after another from several places, until they are told to end.</summary>
internal sealed class CallLoops(string folder)
{
    private const string Failure = "failed";
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(5);

    private readonly List<(string Who, Task<Finished> Loop)> loops = [];
    private readonly List<Func<Task>> endings = [];

    private string StopFile => Path.Combine(folder, "stop-calls");

    /// <summary>A line that calls, in a shell that is started somewhere on this machine.</summary>
    public void Add(string who, Func<string, Command> shell, string line) =>
        loops.Add((who, (shell(Loop(line, StopFile)) with { Timeout = longest }).RunAsync()));

    /// <summary>A line that calls by what a container sees, also by its names.</summary>
    public void AddIn(TestHost host, string container, string line)
    {
        const string stop = "/tmp/stop-calls";
        Command shell = host.Docker("exec", container, "sh", "-c", Loop(line, stop)) with { Timeout = longest };
        loops.Add(($"a container of {host.Name}: {line}", shell.RunAsync()));
        endings.Add(() => host.Docker("exec", container, "touch", stop).RunAsync());
    }

    /// <summary>Ends all, and says what failed: in vain when it is called a second time.</summary>
    public async Task<(int Count, List<string> Failures)> EndAsync()
    {
        await File.WriteAllTextAsync(StopFile, "");
        await Task.WhenAll(endings.Select(static end => end()));
        int count = 0;
        var failures = new List<string>();
        foreach ((string who, Task<Finished> loop) in loops)
        {
            string[] lines = (await loop).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            count += lines.Length > 0 && int.TryParse(lines[^1], CultureInfo.InvariantCulture, out int made) ? made : 0;
            int failed = lines.Count(static line => line.StartsWith(Failure, StringComparison.Ordinal));
            if (failed > 0 || lines.Length == 0 || lines[^1] == "0")
            {
                failures.Add($"{failed} of {who}\n{await loop}");
            }
        }

        File.Delete(StopFile);
        return (count, failures);
    }

    private static string Loop(string line, string stopFile) =>
        $"n=0; while [ ! -e {stopFile} ]; do {line} || echo {Failure} after $n; n=$((n+1)); sleep 0.1; done; echo $n";
}
