using System.Diagnostics;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network;

/// <summary>Another host on a wire to this machine.</summary>
public sealed class OutsideHost : IDisposable
{
    public const string Gateway = "10.210.0.1", Address = "10.210.0.2";

    private const string Wire = "skeptest0";
    private readonly TestNamespace space = new();
    private readonly List<Process> servers = [];

    public OutsideHost()
    {
        Here("ip", "link", "add", Wire, "type", "veth", "peer", "name", "eth0", "netns", space.Path);
        Here("ip", "addr", "add", Gateway + "/24", "dev", Wire);
        Here("ip", "link", "set", Wire, "up");
        Run("ip", "addr", "add", Address + "/24", "dev", "eth0");
        Run("ip", "link", "set", "lo", "up");
        Run("ip", "link", "set", "eth0", "up");
    }

    public string Run(string program, params string[] arguments) => space.Run(program, arguments);

    public string Call(string address, int port) => TestNamespace.TryRunIn(
        space.Path, "busybox", "timeout", "2", "busybox", "nc", "-w", "1", address, $"{port}").Output.Trim();

    public void ServeWord(int port, string word)
    {
        servers.Add(Process.Start("nsenter",
            ["--net=" + space.Path, "busybox", "nc", "-ll", "-p", $"{port}", "-e", "echo", word]));
        for (int i = 0; i < 100 && !Run("ss", "-tln").Contains($":{port} ", StringComparison.Ordinal); i++)
        {
        }
    }

    /// <summary>What an attacker does: packets to 127.0.0.1 leave for the host.</summary>
    public void RouteLoopbackToGateway()
    {
        Run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1", "net.ipv4.conf.eth0.route_localnet=1");
        Run("ip", "addr", "del", "127.0.0.1/8", "dev", "lo");
        Run("ip", "route", "add", "127.0.0.1/32", "via", Gateway, "src", Address);
    }

    public void Dispose()
    {
        foreach (Process server in servers)
        {
            server.Kill(entireProcessTree: true);
            server.Dispose();
        }

        Here("ip", "link", "del", Wire);
        space.Dispose();
    }

    private static void Here(string program, params string[] arguments) =>
        TestNamespace.RunIn("/proc/self/ns/net", program, arguments);
}
