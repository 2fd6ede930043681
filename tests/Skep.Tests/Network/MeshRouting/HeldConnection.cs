using System.Diagnostics;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>A connection out of a namespace that stays open, to a server that says again what it hears.</summary>
public sealed class HeldConnection : IDisposable
{
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

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
