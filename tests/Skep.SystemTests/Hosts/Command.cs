using System.Diagnostics;
using System.Text;

namespace Skep.SystemTests.Hosts;

/// <summary>What a program that has ended left: its exit code and what it wrote.</summary>
internal sealed record Finished(string Line, int ExitCode, string Output, string Errors)
{
    /// <summary>The output without the line ends around it.</summary>
    public string Text => Output.Trim();

    public override string ToString() => $"$ {Line}\n{Output}{Errors}[exit code {ExitCode}]";
}

/// <summary>One run of a program: what to start, with what around it.</summary>
internal sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    private static readonly TimeSpan defaultTimeout = TimeSpan.FromSeconds(90);

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string Input { get; init; } = "";

    public TimeSpan Timeout { get; init; } = defaultTimeout;

    private string Line => string.Join(' ', Arguments.Prepend(Program));

    /// <summary>Waits for its end; one that takes longer than its time is killed, and that is an error.</summary>
    public async Task<Finished> RunAsync()
    {
        using Process process = Process.Start(Describe())
            ?? throw new InvalidOperationException($"Cannot start {Program}");
        var output = new StringBuilder();
        var errors = new StringBuilder();
        Task reading = Task.WhenAll(
            CollectAsync(process.StandardOutput, output), CollectAsync(process.StandardError, errors));
        using var expiry = new CancellationTokenSource(Timeout, TimeProvider.System);
        try
        {
            await WriteAsync(process);
            await process.WaitForExitAsync(expiry.Token);
            await reading.WaitAsync(expiry.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"Still running after {Timeout.TotalSeconds} s: {Line}\n{Copy(output)}{Copy(errors)}");
        }

        return new Finished(Line, process.ExitCode, Copy(output), Copy(errors));
    }

    /// <summary>Waits for its end and insists on exit code 0.</summary>
    public async Task<Finished> CheckAsync()
    {
        Finished finished = await RunAsync();
        return finished.ExitCode == 0 ? finished : throw new InvalidOperationException(finished.ToString());
    }

    private ProcessStartInfo Describe()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private async Task WriteAsync(Process process)
    {
        try
        {
            await process.StandardInput.WriteAsync(Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program does not want its input: what it thinks of that is in its exit code.
        }
    }

    private static async Task CollectAsync(StreamReader from, StringBuilder to)
    {
        char[] buffer = new char[4096];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            lock (to)
            {
                to.Append(buffer, 0, count);
            }
        }
    }

    private static string Copy(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
