using Skep.SystemTests.Faults;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Setup;

/// <summary>What ./install promises, tried in a file system of its own.</summary>
public sealed class InstallTests : IDisposable
{
    // A machine's own folders, hidden for as long as this runs, and a stand-in for the program: its daemon is a process
    // that holds the lock of the data, and it answers when there is a file that says so.
    private const string Machine = """
        set -eu
        sources=$1 folder=$2 rules=skep-user-$(printf /var/lib/skep | sha256sum | cut -c1-6)
        mount -t tmpfs none /run
        mount -t tmpfs none /var/lib
        mkdir -p /run/etc /var/lib/skep
        cp -a /etc/. /run/etc
        mount --bind /run/etc /etc
        cat >"$folder/program" <<'END'
        #!/bin/bash
        [ "$1" = -H ] && echo "asked: ${DOCKER_HOST--} ${DOCKER_CONTEXT--} $*" >>/run/asked
        case $* in
        *' version') [ -e /run/answers ] ;;
        *shutdown) kill "$(cat /var/lib/skep/skep.lock.holder)" ;;
        --version) echo a stand-in ;;
        *) exit 1 ;;
        esac
        END
        chmod 755 "$folder/program"
        export DOCKER_HOST=tcp://other:1 DOCKER_CONTEXT=other
        install() { "$sources/install" --prefix "$folder/local" --program "$folder/program" "$@"; }

        mkdir -p /etc/default
        echo 'SKEP_OPTIONS="--debug -H unix:///run/own.sock -H unix:///run/docker.sock"' >/etc/default/skep
        install --no-start
        ( exec 9>/var/lib/skep/skep.lock; flock 9; exec sleep 60 ) >/dev/null 2>&1 &
        echo $! >/var/lib/skep/skep.lock.holder
        until [ -e /var/lib/skep/skep.lock ] && ! flock -n /var/lib/skep/skep.lock true; do sleep 0.05; done
        touch /var/lib/skep/.made-by-up
        install --purge || echo refused
        install --purge --no-start || echo refused
        SKEP_PROGRAM=$folder/program "$sources/up" --down || echo refused
        [ ! -s /var/lib/skep/skep.lock.holder ] || [ ! -x "$folder/local/bin/skep" ] || echo all is there
        touch /run/answers
        mkdir -p /run/skep/containerd
        nft add table inet "$rules"
        install --purge
        [ -e /var/lib/skep ] || [ -e /run/skep ] || [ -e /etc/default/skep ] || [ -e "$folder/local/bin/skep" ] ||
            nft list table inet "$rules" 2>/dev/null || echo nothing is there
        cat /run/asked
        """;

    private readonly string root = Directory.CreateTempSubdirectory("skep-install").FullName;

    private static string Built => Path.Combine(Engine.OutFolder, "skep");

    private static string Script => Path.Combine(Engine.SourceFolder, "install");

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

    [SkepFact]
    public async Task Data_that_are_in_use_or_somebody_else_s_stay()
    {
        string data = Path.Combine(root, "var/lib/skep");
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, ".made-by-up"), "");
        Finished over = await Install("--program", Built).RunAsync();
        File.Delete(Path.Combine(data, ".made-by-up"));
        await InstallAsync("--program", Built);

        Finished purge = await PurgeWhileLockedAsync(data);
        bool hasStayed = File.Exists(Installed) && Directory.Exists(data);
        await InstallAsync("--purge");

        Assert.Equal(1, over.ExitCode);
        Assert.Contains($"install: {data} was made by ./up, whose --down removes it: ", over.Errors);
        Assert.Equal(1, purge.ExitCode);
        Assert.Contains($"a daemon works in {data}: process", purge.Errors);
        Assert.True(hasStayed);
        Assert.False(Directory.Exists(data));
    }

    [SkepFact]
    public async Task Data_that_the_daemon_was_told_to_keep_elsewhere_are_looked_at_there_and_stay()
    {
        string data = Path.Combine(root, "srv/skep");
        Directory.CreateDirectory(data);
        Directory.CreateDirectory(Path.Combine(root, "etc/skep"));
        Directory.CreateDirectory(Path.Combine(root, "etc/default"));
        string options = Path.Combine(root, "etc/default/skep");
        await File.WriteAllTextAsync(options, "SKEP_OPTIONS=\"-H unix:///run/own.sock --data-root=/srv/skep\"\n");
        await InstallAsync("--program", Built);
        Finished byFlag = await PurgeWhileLockedAsync(data);
        await File.WriteAllTextAsync(options, "SKEP_OPTIONS=\"-H unix:///run/own.sock\"\n");
        await File.WriteAllTextAsync(
            Path.Combine(root, "etc/skep/daemon.json"), "{\"debug\": true, \"data-root\": \"/srv/skep\"}");
        Finished byFile = await PurgeWhileLockedAsync(data);
        Finished purge = await InstallAsync("--purge");

        Assert.Equal(1, byFlag.ExitCode);
        Assert.Contains($"a daemon works in {data}: process", byFlag.Errors);
        Assert.Equal(1, byFile.ExitCode);
        Assert.Contains($"a daemon works in {data}: process", byFile.Errors);
        Assert.Contains($"removed; the daemon was told to keep its data in {data}: they stay", purge.Output);
        Assert.True(File.Exists(Path.Combine(data, "skep.lock")));
        Assert.False(File.Exists(Installed));
    }

    [SkepFact]
    public async Task Work_and_settings_that_the_daemon_was_told_of_elsewhere_are_looked_at_there()
    {
        string options = Path.Combine(root, "etc/default/skep");
        string data = Directory.CreateDirectory(Path.Combine(root, "srv/data")).FullName;
        string work = Directory.CreateDirectory(Path.Combine(root, "srv/work")).FullName;
        await InstallAsync("--program", Built);

        await File.WriteAllTextAsync(options, "SKEP_OPTIONS=\"--debug --exec-root /srv/work\"\n");
        Finished byFlag = await PurgeWhileLockedAsync(work);
        await File.WriteAllTextAsync(options, "SKEP_OPTIONS=\"--config-file=/srv/own.json -H unix:///run/own.sock\"\n");
        await File.WriteAllTextAsync(Path.Combine(root, "srv/own.json"), """
            {
              "exec-root": "/srv/work/",
              "data-root": "/srv/data"
            }
            """);
        Finished byFile = await PurgeWhileLockedAsync(work);
        Finished byFileToo = await PurgeWhileLockedAsync(data);
        Finished purge = await InstallAsync("--purge");

        Assert.All([(byFlag, work), (byFile, work), (byFileToo, data)], refused =>
        {
            Assert.Equal(1, refused.Item1.ExitCode);
            Assert.Contains($"a daemon works in {refused.Item2}: process", refused.Item1.Errors);
        });
        Assert.Contains($"keep its data in {data}: they stay", purge.Output);
        Assert.True(File.Exists(Path.Combine(data, "skep.lock")) && File.Exists(Path.Combine(work, "skep.lock")));
    }

    [SkepFact]
    public async Task The_unit_has_nothing_that_systemd_does_not_understand()
    {
        await InstallAsync("--program", Built);
        string unit = Path.Combine(root, "etc/systemd/system/skep.service");
        string words = await File.ReadAllTextAsync(unit);
        await File.WriteAllTextAsync(unit, words.Replace("/usr/local/bin/skep", Installed, StringComparison.Ordinal));

        Finished verdict = await new Command("systemd-analyze", "verify", "--man=no", unit).CheckAsync();

        // This machine's own units, which ours names, may have faults.
        Assert.DoesNotContain("skep.service", verdict.Output + verdict.Errors);
    }

    [SkepFact]
    public async Task The_end_is_asked_of_the_installed_daemon_alone_and_waited_for()
    {
        string folder = Directory.CreateTempSubdirectory("skep-end").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "machine"), Machine);
        Finished played = await new Command(
            "unshare", "--mount", "--net", "--propagation", "private", "bash", Path.Combine(folder, "machine"),
            Engine.SourceFolder, folder).RunAsync();
        Directory.Delete(folder, recursive: true);

        const string ask = "asked: - - -H unix:///run/own.sock";
        Assert.True(played.ExitCode == 0, $"{played}");
        Assert.Contains("install: nobody answers at unix:///run/own.sock", played.Errors);
        Assert.Contains("install: this uses /var/lib/skep, so nothing was removed", played.Errors);
        Assert.Contains("up: Skep is installed on this machine for good", played.Errors);
        Assert.EndsWith(
            "refused\nrefused\nrefused\nall is there\n"
            + "install: the daemon and all its containers have ended\ninstall: removed, with all data\n"
            + $"nothing is there\n{ask} version\n{ask} version\n{ask} system shutdown\n",
            played.Output);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>The container, its process and since when it runs.</summary>
    private static Task<string> RunningAsync(SingleHost single) => single.SayAsync(
        "docker inspect -f '{{.Id}} {{.State.Pid}} {{.State.StartedAt}}' $(docker ps -q)");

    private Task<Finished> InstallAsync(params IReadOnlyList<string> words) => Install(words).CheckAsync();

    // The lock of a daemon, held as long as the line runs.
    private Task<Finished> PurgeWhileLockedAsync(string data) => new Command("bash", "-c",
        $"exec 9>'{data}/skep.lock'; flock 9; '{Script}' --root '{root}' --purge").RunAsync();

    private Command Install(params IReadOnlyList<string> words) => new(Script, ["--root", root, .. words]);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories);
}
