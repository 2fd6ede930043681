using System.Globalization;

namespace Skep.SystemTests.Hosts;

/// <summary>A number of hosts on one bridge that has a network namespace of its own: the outside world.</summary>
/// <remarks>
/// Nothing is added to the machine's own network, and no packet leaves it: the hosts have no default route. All names
/// begin with <see cref="Name"/>, which holds the number of this process, so that what an interrupted run left can be
/// told from what a running one uses.
/// </remarks>
internal sealed class TestHosts : IAsyncDisposable
{
    public const string Bridge = "br0";
    public const string FirstProcessFile = "first";
    public const string OwnerFile = "owner";
    public const string Prefix = "skt";

    private static int count;

    private readonly List<TestHost> hosts = [];

    private TestHosts()
    {
        int number = Interlocked.Increment(ref count);
        Name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}x{number}");
        Folder = Path.Combine(Path.GetTempPath(), Name);
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Counted from 0, while the hosts' own numbers begin at 1.</summary>
    public TestHost this[int index] => hosts[index];

    /// <summary>Where the outside world is: an address on the bridge that is no host's.</summary>
    public string OutsideAddress => "10.88.0.254";

    public static async Task<TestHosts> StartAsync(params IReadOnlyList<Engine> engines)
    {
        await Leftovers.SweepAsync();
        var network = new TestHosts();
        try
        {
            await network.BuildAsync(engines);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"10.88.0.{number}");

    /// <summary>Number 0 is the outside world.</summary>
    public string NamespaceOf(int number) => $"{Name}-{number}";

    /// <summary>A program on the outside, at <see cref="OutsideAddress"/>.</summary>
    public Command Outside(params IReadOnlyList<string> command) =>
        new("nsenter", [$"--net=/run/netns/{NamespaceOf(0)}", "--", .. command]);

    internal Task SwitchPortAsync(int number, params IReadOnlyList<string> setting) =>
        new Command("ip", ["-n", NamespaceOf(0), "link", "set", $"n{number}", .. setting]).CheckAsync();

    public async ValueTask DisposeAsync()
    {
        KeepLogs();
        await Leftovers.RemoveAsync(Name);
    }

    private async Task BuildAsync(IReadOnlyList<Engine> engines)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(
            Path.Combine(Folder, OwnerFile), ProcessMark.Of(Environment.ProcessId)!.ToString());
        string outside = NamespaceOf(0);
        await Ip("netns", "add", outside);
        await Ip("-n", outside, "link", "set", "lo", "up");
        await Ip("-n", outside, "link", "add", Bridge, "type", "bridge", "stp_state", "0", "forward_delay", "0");
        await Ip("-n", outside, "addr", "add", OutsideAddress + "/24", "dev", Bridge);
        await Ip("-n", outside, "link", "set", Bridge, "up");
        foreach (Engine engine in engines)
        {
            var host = new TestHost(this, hosts.Count + 1, engine);
            hosts.Add(host);
            await PlugAsync(host);
            await host.BootAsync();
        }

        await Task.WhenAll(hosts.Select(host => host.StartEngineAsync()));
    }

    private async Task PlugAsync(TestHost host)
    {
        (string outside, string inside) = (NamespaceOf(0), NamespaceOf(host.Number));
        await Ip("netns", "add", inside);
        await Ip("-n", inside, "link", "set", "lo", "up");
        await Ip(
            "-n", outside, "link", "add", $"n{host.Number}", "type", "veth", "peer", "name", "eth0", "netns", inside);
        await SwitchPortAsync(host.Number, "master", Bridge, "up");
        await Ip("-n", inside, "addr", "add", host.Address + "/24", "dev", "eth0");
        await Ip("-n", inside, "link", "set", "eth0", "up");
    }

    /// <summary>With SKEP_TEST_LOGS=FOLDER the engines' logs outlive the hosts.</summary>
    private void KeepLogs()
    {
        if (Environment.GetEnvironmentVariable("SKEP_TEST_LOGS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            foreach (TestHost host in hosts.Where(host => File.Exists(host.LogFile)))
            {
                string name = $"{Name}-{host.Name}-{Path.GetFileName(host.Kind.Program)}.log";
                File.Copy(host.LogFile, Path.Combine(folder, name), overwrite: true);
            }
        }
    }

    private static Task Ip(params IReadOnlyList<string> arguments) => new Command("ip", arguments).CheckAsync();
}
