using Skep.SystemTests.Faults;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Setup;

/// <summary>What ./install promises, tried in a file system of its own.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("skep-install").FullName;

    private static string Built => Path.Combine(Engine.OutFolder, "skep");

    private string Installed => Path.Combine(root, "usr/local/bin/skep");

    [SkepFact]
    public async Task An_installation_has_all_its_parts_and_goes_without_a_trace()
    {
        Finished install = await InstallAsync("--program", Built);

        Assert.Contains("is in " + root + "/usr/local/bin", install.Text);
        Assert.Equal(await File.ReadAllBytesAsync(Built), await File.ReadAllBytesAsync(Installed));
        string unit = await File.ReadAllTextAsync(Path.Combine(root, "etc/systemd/system/skep.service"));
        Assert.Contains("ExecStart=/usr/local/bin/skep daemon $SKEP_OPTIONS\n", unit);
        Assert.Contains("net.ipv4.ip_forward = 1", await File.ReadAllTextAsync(
            Path.Combine(root, "usr/local/lib/sysctl.d/60-skep.conf")));
        Assert.Contains("skep", await File.ReadAllTextAsync(
            Path.Combine(root, "usr/local/share/bash-completion/completions/skep")));
        Assert.Contains("skep", await File.ReadAllTextAsync(
            Path.Combine(root, "usr/local/share/zsh/site-functions/_skep")));
        Assert.Contains("skep", await File.ReadAllTextAsync(
            Path.Combine(root, "usr/local/share/fish/vendor_completions.d/skep.fish")));

        await InstallAsync("--uninstall");
        Assert.Equal([Path.Combine(root, "etc/default/skep")], Files());
        await InstallAsync("--program", Built);
        await InstallAsync("--purge");
        Assert.Empty(Files());
    }

    [SkepFact]
    public async Task The_socket_of_Docker_is_served_where_there_is_no_Docker_and_changed_options_stay()
    {
        string options = Path.Combine(root, "etc/default/skep");

        await InstallAsync("--program", Built);
        string alone = await File.ReadAllTextAsync(options);
        await File.WriteAllTextAsync(options, "SKEP_OPTIONS=\"-D\"\n");
        await InstallAsync("--program", Built);
        string kept = await File.ReadAllTextAsync(options);
        await InstallAsync("--purge");
        Directory.CreateDirectory(Path.Combine(root, "usr/bin"));
        await File.WriteAllTextAsync(Path.Combine(root, "usr/bin/dockerd"), "");
        await InstallAsync("--program", Built);

        Assert.Contains("SKEP_OPTIONS=\"-H unix:///run/skep/skep.sock -H unix:///run/docker.sock\"\n", alone);
        Assert.Equal("SKEP_OPTIONS=\"-D\"\n", kept);
        Assert.Contains("SKEP_OPTIONS=\"-H unix:///run/skep/skep.sock\"\n", await File.ReadAllTextAsync(options));
    }

    [SkepFact]
    public async Task A_newer_program_over_an_older_one_keeps_tasks_running()
    {
        await InstallAsync("--program", Built);
        string daemon = Path.Combine(Path.GetDirectoryName(Installed)!, "dockerd");
        File.CreateSymbolicLink(daemon, "skep");
        await using SingleHost single = await SingleHost.StartAsync(Engine.UnderTest with { Program = daemon });
        await single.SayAsync("docker swarm init --advertise-addr " + single.Host.Address);
        await single.SayAsync("docker service create -d --name web --no-resolve-image web:1");
        await single.UntilAsync("docker service ls --format '{{.Replicas}}'", "1/1");
        string before = await RunningAsync(single);

        string newer = Path.Combine(root, "newer");
        await File.WriteAllBytesAsync(newer, [.. await File.ReadAllBytesAsync(Built), (byte)'\n']);
        File.SetUnixFileMode(newer, File.GetUnixFileMode(Built));
        Finished install = await InstallAsync("--program", newer);
        string during = await RunningAsync(single);
        await single.Host.StopEngineAsync();
        await single.Host.StartEngineAsync();

        Assert.Contains(" over ", install.Text);
        Assert.Equal(new FileInfo(newer).Length, new FileInfo(Installed).Length);
        Assert.Equal(before, during);
        Assert.Equal(before, await RunningAsync(single));
        await single.UntilAsync("docker service ls --format '{{.Replicas}}'", "1/1");
        Assert.Single((await single.SayAsync("docker service ps -q web")).Split('\n'));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>The container, its process and since when it runs.</summary>
    private static Task<string> RunningAsync(SingleHost single) => single.SayAsync(
        "docker inspect -f '{{.Id}} {{.State.Pid}} {{.State.StartedAt}}' $(docker ps -q)");

    private Task<Finished> InstallAsync(params IReadOnlyList<string> words) =>
        new Command(Path.Combine(Engine.SourceFolder, "install"), ["--root", root, .. words]).CheckAsync();

    private IEnumerable<string> Files() => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories);
}
