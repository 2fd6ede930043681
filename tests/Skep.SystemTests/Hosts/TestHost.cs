using System.Diagnostics;

namespace Skep.SystemTests.Hosts;

/// <summary>One machine of a test: an engine in network, mount, PID, UTS and IPC namespaces of its own.</summary>
/// <remarks>
/// The host's first process owns the namespaces: killing it is a power failure. The engine is a second process in
/// them, and containers outlive it as they do on a machine.
/// </remarks>
internal sealed class TestHost
{
    private static readonly TimeSpan bootTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan engineTimeout = TimeSpan.FromSeconds(240);
    private static readonly string box = Path.Combine(AppContext.BaseDirectory, "Hosts", "box");

    private readonly TestHosts hosts;
    private ProcessMark? first;
    private ProcessMark? engine;
    private bool hasImages;

    internal TestHost(TestHosts hosts, int number, Engine kind)
    {
        this.hosts = hosts;
        Number = number;
        Kind = kind;
        Folder = Path.Combine(hosts.Folder, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (string name in new[] { "data", "run", "etc", "cli", "share" })
        {
            Directory.CreateDirectory(Path.Combine(Folder, name));
        }
    }

    /// <summary>Counted from 1.</summary>
    public int Number { get; }

    public Engine Kind { get; }

    /// <summary>Everything that this host has on disk; the same path inside and outside.</summary>
    public string Folder { get; }

    public string Name => $"host{Number}";

    public string Address => hosts.AddressOf(Number);

    public string Socket => Path.Combine(Folder, "docker.sock");

    public string DataRoot => Path.Combine(Folder, "data");

    /// <summary>A folder for files that a test shares with containers.</summary>
    public string Share => Path.Combine(Folder, "share");

    public string LogFile => Path.Combine(Folder, "log");

    /// <summary>The cgroup that the engine's processes and its containers' cgroups are below.</summary>
    public string CgroupParent => $"/{hosts.Name}/{Name}";

    /// <summary>
    /// How far the clock that the engine sees is ahead of this machine's, from the engine's next start on.
    /// </summary>
    public TimeSpan ClockAhead { get; set; }

    public bool IsUp => first?.IsAlive == true;

    public bool IsEngineUp => engine?.IsAlive == true;

    /// <summary>The engine's process as this machine numbers it.</summary>
    public int EngineProcess => engine?.Id ?? throw new InvalidOperationException($"{Name} runs no engine");

    private string NetworkNamespace => hosts.NamespaceOf(Number);

    public async Task BootAsync()
    {
        if (IsUp)
        {
            return;
        }

        string ready = Path.Combine(Folder, "ready");
        File.Delete(ready);
        int outer = Launch(
            $"nsenter --net=/run/netns/{NetworkNamespace} unshare --mount --pid --uts --ipc --fork --kill-child "
            + $"--propagation private bash {box} init {Folder} {Name} {CgroupParent} {hosts.OutsideAddress} "
            + Kind.DiskMegabytes);
        first = await ProcessMark.ChildOfAsync(outer, bootTimeout);
        await File.WriteAllTextAsync(Path.Combine(Folder, TestHosts.FirstProcessFile), first.ToString());
        await Eventually.TrueAsync($"{Name} has booted, see {LogFile}", bootTimeout, () => File.Exists(ready));
    }

    public async Task StartEngineAsync()
    {
        if (IsEngineUp)
        {
            return;
        }

        File.Delete(Socket);
        string flags = string.Join(' ', Kind.Flags);
        string clock = ClockAhead == TimeSpan.Zero ? "" : await OtherClock.PrefixAsync(ClockAhead);
        int outer = Launch(
            $"nsenter -t {first!.Id} -m -u -i -n -p bash {box} engine {Folder} {CgroupParent} {clock}{Kind.Program} "
            + $"--data-root {DataRoot} --exec-root {Kind.ExecRoot} --pidfile /run/engine.pid -H unix://{Socket} "
            + $"--cgroup-parent {CgroupParent} --dns {hosts.OutsideAddress} "
            + $"--insecure-registry {hosts.OutsideAddress}/32 {flags}");
        try
        {
            engine = await ProcessMark.ChildOfAsync(outer, bootTimeout);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"The engine of {Name} ended at once\n{LogTail()}", error);
        }

        Finished? last = null;
        try
        {
            await Eventually.TrueAsync($"the engine of {Name} answers", engineTimeout, async () =>
            {
                Assert(engine.IsAlive, "has ended");
                last = File.Exists(Socket) ? await Docker("version").RunAsync() : null;
                return last?.ExitCode == 0;
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\n{last}\n{LogTail()}", error);
        }
    }

    /// <summary>The engine alone dies; containers and containerd are not asked.</summary>
    public Task KillEngineAsync() => EndEngineAsync("-KILL");

    /// <summary>The engine is asked to end in order.</summary>
    public Task StopEngineAsync() => EndEngineAsync("-TERM");

    /// <summary>The power fails: everything on the host is gone at once, its disk stays.</summary>
    public async Task CrashAsync()
    {
        if (first is { IsAlive: true } alive)
        {
            await new Command("kill", "-KILL", $"{alive.Id}").RunAsync();
            await Eventually.TrueAsync($"{Name} is down", bootTimeout, () => !alive.IsAlive);
        }

        first = null;
        engine = null;
        File.Delete(Socket);
    }

    public async Task RebootAsync()
    {
        await CrashAsync();
        await BootAsync();
        await StartEngineAsync();
    }

    /// <summary>Takes the host off the network; its link keeps its carrier, as with a broken switch.</summary>
    public Task CutAsync() => hosts.SwitchPortAsync(Number, "nomaster");

    public Task HealAsync() => hosts.SwitchPortAsync(Number, "master", TestHosts.Bridge);

    /// <summary>Where a file of this host can be read from outside, whatever is mounted over there.</summary>
    public string Outside(string path) => $"/proc/{first!.Id}/root{path}";

    /// <summary>A port of this machine at which a port of this host answers, until it is disposed of.</summary>
    public Doorway OpenDoorway(int port) => new("/run/netns/" + NetworkNamespace, Address, port);

    /// <summary>A program inside this host's namespaces.</summary>
    public Command Inside(params IReadOnlyList<string> command) => new(
        "nsenter", ["-t", $"{first!.Id}", "-m", "-u", "-i", "-n", "-p", "--", .. command]);

    /// <summary>The genuine docker CLI, pointed at this host.</summary>
    public Command Docker(params IReadOnlyList<string> arguments) =>
        new("docker", arguments) { Environment = ClientEnvironment };

    /// <summary>A line for bash in which <c>docker</c> means this host.</summary>
    public Command Shell(string line) => new("bash", "-c", line) { Environment = ClientEnvironment };

    public Dictionary<string, string> ClientEnvironment => new()
    {
        ["DOCKER_HOST"] = "unix://" + Socket,
        ["DOCKER_CONFIG"] = Path.Combine(Folder, "cli"),
        ["SHARE"] = Share,
        ["COMPOSE_INTERACTIVE_NO_CLI"] = "1",
    };

    /// <summary>Loads the images of the tests, once.</summary>
    public async Task HaveImagesAsync()
    {
        if (!hasImages)
        {
            await HostImages.LoadAsync(this);
            hasImages = true;
        }
    }

    public string LogTail()
    {
        const int lineCount = 40;
        string[] lines = File.Exists(LogFile) ? File.ReadAllLines(LogFile) : [];
        return $"--- the end of {Name}'s log\n" + string.Join('\n', lines.TakeLast(lineCount));
    }

    private void Assert(bool claim, string otherwise)
    {
        if (!claim)
        {
            throw new InvalidOperationException($"The engine of {Name} {otherwise}\n{LogTail()}");
        }
    }

    private async Task EndEngineAsync(string signal)
    {
        if (engine is { IsAlive: true } alive)
        {
            await new Command("kill", signal, $"{alive.Id}").CheckAsync();
            await Eventually.TrueAsync($"the engine of {Name} has ended", engineTimeout, () => !alive.IsAlive);
        }

        engine = null;
    }

    /// <summary>Starts something that outlives this call, with its output in the host's log.</summary>
    private int Launch(string line)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("setsid", ["bash", "-c", $"exec {line} </dev/null >>{LogFile} 2>&1"]))!;
        return process.Id;
    }
}
