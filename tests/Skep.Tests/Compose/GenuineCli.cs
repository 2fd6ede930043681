using System.Diagnostics;

namespace Skep.Tests.Compose;

/// <summary>Docker's own command line, where it is installed and new enough to know `stack config`.</summary>
internal static class GenuineCli
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private static readonly Lazy<string?> found = new(() =>
        new[] { "/usr/local/bin/docker", "/usr/bin/docker" }.FirstOrDefault(program => File.Exists(program)
            && RunAsync(program, ["stack", "config", "--help"], []).GetAwaiter().GetResult()
                .Output.Contains("stack config", StringComparison.Ordinal)));

    /// <summary>Null: there is none. Another name of ours would prove nothing, but cannot be wrong.</summary>
    public static string? Program => found.Value;

    public static Task<(int Code, string Output)> ConfigAsync(ComposeCase one)
    {
        List<string> words = ["stack", "config"];
        foreach (string file in one.Files)
        {
            words.AddRange(["-c", Path.Combine(ComposeCase.Folder, file)]);
        }

        if (one.SkipsInterpolation)
        {
            words.Add("--skip-interpolation");
        }

        return RunAsync(Program!, words, one.Environment);
    }

    // Both pipes are read at once, as one that is full would stop the program, and one that hangs is ended.
    private static async Task<(int Code, string Output)> RunAsync(
        string program, IEnumerable<string> words, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> printed = process.StandardOutput.ReadToEndAsync();
        Task<string> complaints = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(printed, complaints, process.WaitForExitAsync()).WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await printed);
    }
}
