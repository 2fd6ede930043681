using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>What somebody types at one engine, and what came out of it, written down.</summary>
/// <param name="programs">A folder whose programs come before those of the machine; empty: none.</param>
internal sealed class Session(TestHost host, string apiVersion, string programs)
{
    private const int UpdatesAgain = 5;
    private static readonly TimeSpan waitTimeout = TimeSpan.FromSeconds(180);

    private readonly List<(string Line, string Result)> transcript = [];

    public TestHost Host => host;

    /// <summary>Each line with its output and exit code, masked.</summary>
    public IReadOnlyList<(string Line, string Result)> Transcript => transcript;

    /// <summary>
    /// Runs a line in bash and writes it down with its output and exit code; errors are not written down.
    /// </summary>
    public async Task<Finished> TypeAsync(string line)
    {
        Finished finished = await RunAsync(line);
        string output = Mask.Apply(finished.Output, host.Folder).TrimEnd('\n');
        transcript.Add((line, $"{output}\n[exit code {finished.ExitCode}]".TrimStart('\n')));
        return finished;
    }

    /// <summary>
    /// Like <see cref="TypeAsync"/> for a line that must succeed: its output without line ends around it.
    /// </summary>
    public async Task<string> SayAsync(string line)
    {
        Finished finished = await TypeAsync(line);
        Assert.True(finished.ExitCode == 0, $"{finished}\n{host.LogTail()}");
        return finished.Text;
    }

    /// <summary>
    /// Runs a line that must succeed without writing it down: preparing, cleaning up, what differs anyway.
    /// </summary>
    public async Task<string> PrepareAsync(string line)
    {
        Finished finished = await RunAsync(line);
        Assert.True(finished.ExitCode == 0, $"{finished}\n{host.LogTail()}");
        return finished.Text;
    }

    /// <summary>Repeats a line until its output holds the text.</summary>
    public async Task UntilAsync(string line, string text)
    {
        Finished? last = null;
        try
        {
            await Eventually.TrueAsync($"'{line}' says '{text}'", waitTimeout, async () =>
            {
                last = await RunAsync(line);
                return last.Output.Contains(text, StringComparison.Ordinal);
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\nlast: {last}\n{host.LogTail()}");
        }
    }

    // A client's update is a read and a write. A node that changes its role changes by itself in between, with either
    // engine, and the user says the line again.
    private async Task<Finished> RunAsync(string line)
    {
        Finished finished = await RunOnceAsync(line);
        for (int again = 0; again < UpdatesAgain && $"{finished}".Contains("update out of sequence"); again++)
        {
            finished = await RunOnceAsync(line);
        }

        return finished;
    }

    private Task<Finished> RunOnceAsync(string line)
    {
        Command shell = host.Shell(line);
        return (shell with
        {
            Environment = new Dictionary<string, string>(shell.Environment)
            {
                ["DOCKER_API_VERSION"] = apiVersion,
                ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}".TrimStart(':'),
            },
        }).RunAsync();
    }
}
