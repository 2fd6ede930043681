using System.Diagnostics;
using Skep.Linux.Namespaces;

namespace Skep.Tests.Linux.Namespaces;

/// <summary>A network namespace of a test's own; gone with everything in it when disposed.</summary>
public sealed class TestNamespace : IDisposable
{
    public TestNamespace()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"skep-test-{Environment.ProcessId}-{Number()}");
        NetworkNamespace.Create(Path, () => 0);
    }

    public string Path { get; }

    public T Enter<T>(Func<T> inside) => NetworkNamespace.Enter(Path, inside);

    /// <summary>Runs a program inside and gives what it printed; a failure is the test's failure.</summary>
    public string Run(string program, params string[] arguments) => RunIn(Path, program, arguments);

    /// <summary>Runs a program in the namespace that is mounted at a path.</summary>
    public static string RunIn(string path, string program, params string[] arguments)
    {
        (int exitCode, string output) = TryRunIn(path, program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}: {output}");
        return output;
    }

    public static (int ExitCode, string Output) TryRunIn(string path, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("timeout")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["60", "nsenter", "--net=" + path, program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => NetworkNamespace.Remove(Path);

    private static int lastNumber;

    private static int Number() => Interlocked.Increment(ref lastNumber);
}
