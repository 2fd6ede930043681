using System.Diagnostics;
using System.Security.Cryptography;
using Skep.Agent;
using Skep.Agent.Events;
using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network;

/// <summary>A network engine in this machine's own namespace, with pools of its own; leaves nothing behind.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("skep-net-").FullName;
    private readonly List<Process> servers = [];
    private NetworkOptions options;

    public EngineHost(NetworkOptions? options = null)
    {
        this.options = options ?? new NetworkOptions { AddressPools = [new AddressPoolOption("10.211.0.0/16", 24)] };
        Instance = new Instance(System.IO.Path.Combine(root, "data"), System.IO.Path.Combine(root, "exec"));
        Engine = NewEngine();
    }

    /// <summary>The swarm's networks as they are now in the kernel.</summary>
    public DataPath Path { get; private set; } = null!;

    public Instance Instance { get; }

    public EventHub Events { get; } = new(TimeProvider.System);

    public NetworkEngine Engine { get; private set; }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public async Task StartAsync(params string[] alive) => await Engine.StartAsync(alive, default);

    /// <summary>As after a crash of the daemon: a new engine finds what the old one left.</summary>
    public async Task RestartAsync(params string[] alive)
    {
        await Engine.DisposeAsync();
        await Path.DisposeAsync();
        Engine = NewEngine();
        await StartAsync(alive);
    }

    public Task<Sandbox> OpenAsync(string name, params string[] networks) =>
        Engine.OpenAsync(Request(name, networks), default);

    public static SandboxRequest Request(string name, params string[] networks) => new()
    {
        ContainerId = NewId(),
        Name = name,
        Hostname = name + "-host",
        Endpoints = [.. networks.Select(n => new KeyValuePair<string, EndpointSettings?>(n, null))],
    };

    public static SandboxRequest Publishing(string name, string network, params (string Port, string Host)[] bindings)
    {
        var ports = new Dictionary<string, IReadOnlyList<PortBinding>?>();
        foreach ((string port, string host) in bindings)
        {
            int colon = host.LastIndexOf(':');
            ports[port] =
            [
                new PortBinding { HostIp = colon < 0 ? "" : host[..colon], HostPort = host[(colon + 1)..] },
            ];
        }

        return Request(name, network) with { PortBindings = ports };
    }

    /// <summary>A server in a container that answers every TCP connection with one word.</summary>
    public void ServeWord(Sandbox sandbox, int port, string word) => Serve(sandbox, port, "echo", word);

    /// <summary>A server in a container that runs a program for every TCP connection.</summary>
    public void Serve(Sandbox sandbox, int port, params string[] program)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardInput = true };
        foreach (string argument in (string[])
            ["--net=" + sandbox.NetnsPath, "busybox", "nc", "-ll", "-p", $"{port}", "-e", .. program])
        {
            start.ArgumentList.Add(argument);
        }

        servers.Add(Process.Start(start)!);
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(30))
        {
            if (TestNamespace.RunIn(sandbox.NetnsPath, "ss", "-tln").Contains($":{port} ", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("the server did not come up");
    }

    /// <summary>What a container hears when it calls; empty if nobody answers.</summary>
    public static string Call(Sandbox from, string address, int port) => TestNamespace.TryRunIn(
        from.NetnsPath, "busybox", "timeout", "2", "busybox", "nc", "-w", "1", address, $"{port}").Output.Trim();

    /// <summary>What this machine hears when it calls.</summary>
    public static string CallFromHost(string address, int port)
    {
        (_, string output) = TestNamespace.TryRunIn(
            "/proc/self/ns/net", "busybox", "timeout", "2", "busybox", "nc", "-w", "1", address, $"{port}");
        return output.Trim();
    }

    /// <summary>A call that must be answered; on a busy machine a second may be too short for the first one.</summary>
    public static void Hears(string expected, Func<string> call)
    {
        string heard = call();
        for (int again = 0; again < 4 && heard != expected; again++)
        {
            heard = call();
        }

        Assert.Equal(expected, heard);
    }

    public static string AddressOf(Sandbox sandbox, string network) => sandbox.Networks[network].IPAddress;

    public static string Ip(Sandbox sandbox, params string[] arguments) =>
        TestNamespace.RunIn(sandbox.NetnsPath, "ip", arguments);

    public async ValueTask DisposeAsync()
    {
        foreach (Process server in servers)
        {
            server.Kill(entireProcessTree: true);
            server.Dispose();
        }

        await Engine.ShutdownAsync(default);
        await Engine.DisposeAsync();
        await Path.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    private NetworkEngine NewEngine()
    {
        Path = new DataPath(Instance, TimeProvider.System, Log.None);
        return new NetworkEngine(
            Instance, options, new IdSource(RandomNumberGenerator.Fill), TimeProvider.System, Events, Path);
    }
}
