using System.Diagnostics;
using System.Globalization;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>A connection out of a namespace that stays open, to a server that says again what it hears.</summary>
public sealed class HeldConnection : IDisposable
{
    /// <summary>In seconds.</summary>
    private const int Hour = 3600;

    private readonly Process process;

    /// <param name="fromPort">0: any.</param>
    public HeldConnection(TestNamespace from, string address, int port, int fromPort = 0)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in new[]
        {
            "--net=" + from.Path, "busybox", "nc", "-p", $"{fromPort}", address, $"{port}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        Greeting = process.StandardOutput.ReadLine() ?? "";
    }

    /// <summary>"t11 10.0.1.10": who answers, and who he thinks calls.</summary>
    public string Greeting { get; }

    /// <summary>The number of the task that answers.</summary>
    public int Answering => int.Parse(Greeting.Split(' ')[0][1..], null);

    public string Ask(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        return process.StandardOutput.ReadLine() ?? "";
    }

    /// <summary>The kernel remembers it for hours although nothing is said on it.</summary>
    /// <param name="space">Where it passes.</param>
    /// <param name="called">Tells it from others there, such as "dport=80 ".</param>
    public async Task AssertIsRememberedAsync(TestNamespace space, string called)
    {
        // A connection whose last bytes are not acknowledged yet is remembered for minutes only.
        for (int look = 0; look < 600 && SecondsLeft(space, called) <= Hour; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        string all = space.Run("cat", "/proc/net/nf_conntrack");
        Assert.True(SecondsLeft(space, called) > Hour, $"{called}\n{all}");
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>How long the kernel remembers an open connection that is idle; -1: it knows of none.</summary>
    private static int SecondsLeft(TestNamespace space, string called)
    {
        // "ipv4 2 tcp 6 431999 ESTABLISHED src=… dst=… sport=… dport=8080 src=…"
        string? line = space.Run("cat", "/proc/net/nf_conntrack").Split('\n').FirstOrDefault(
            l => l.Contains(" ESTABLISHED ", StringComparison.Ordinal)
                && l.Contains(called, StringComparison.Ordinal));
        return line is null
            ? -1
            : int.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], NumberStyles.None,
                CultureInfo.InvariantCulture);
    }
}
