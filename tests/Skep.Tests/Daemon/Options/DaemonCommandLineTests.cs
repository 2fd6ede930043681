using Skep.Daemon.Options;
using Skep.Swarm;

namespace Skep.Tests.Daemon.Options;

public sealed class DaemonCommandLineTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Defaults_are_Skeps_own_places()
    {
        DaemonOptions options = Read();
        Assert.Equal("/var/lib/skep", options.DataRoot);
        Assert.Equal("/run/skep", options.ExecRoot);
        Assert.Equal("/run/skep/skep.pid", options.PidFile);
        Assert.Equal("unix:///run/skep/skep.sock", Assert.Single(options.Hosts).ToString());
        Assert.True(options.LiveRestore);
        Assert.Equal(Severity.Info, options.LogLevel);
    }

    [Fact]
    public void The_flags_that_test_rigs_give_to_dockerd_are_taken()
    {
        DaemonOptions options = Read(
            "--data-root", "/x/data", "--exec-root", "/run/docker", "--pidfile", "/run/docker.pid",
            "-H", "unix:///x/docker.sock", "-H", "unix:///run/docker.sock",
            "--cgroup-parent", "/rig/node1", "--dns", "10.99.0.254", "--iptables=false", "--userland-proxy=false",
            "--storage-driver=overlay2", "--swarm-default-advertise-addr=eth0", "--experimental",
            "--default-address-pool", "base=10.10.0.0/16,size=24", "--containerd=/run/c.sock");

        Assert.Equal("/run/docker.pid", options.PidFile);
        Assert.Equal(
            ["unix:///x/docker.sock", "unix:///run/docker.sock"], options.Hosts.Select(host => host.ToString()));
        Assert.Equal("/rig/node1", options.Containers.CgroupParent);
        Assert.Equal("10.99.0.254", Assert.Single(options.Network.DnsServers).ToString());
        Assert.Equal(24, Assert.Single(options.Network.AddressPools).SubnetBits);
        Assert.Equal("/run/c.sock", options.ContainerdAddress);
        Assert.Equal(
            ["experimental", "iptables"],
            options.WithoutEffect.Select(flag => flag.Name).Where(name => name != "userland-proxy").Order());
    }

    [Theory]
    [InlineData("unknown flag: --nonsense", "--nonsense=1")]
    [InlineData("unknown flag: --nonsense", "--debug", "--nonsense")]
    [InlineData("the daemon takes no arguments: nonsense", "nonsense")]
    [InlineData("invalid argument \"perhaps\" for \"--debug\"", "--debug=perhaps")]
    [InlineData("invalid argument \"x\" for \"--mtu\"", "--mtu=x")]
    [InlineData("x is not an ip address", "--dns=x")]
    [InlineData("bad attribute format: x", "--label=x")]
    [InlineData("conflict labels for a=2 and a=1", "--label=a=1", "--label=a=2")]
    [InlineData("invalid logging level: loud", "-l", "loud")]
    [InlineData("storage driver 'btrfs' is not supported", "-s", "btrfs")]
    [InlineData("exec-opt native.cgroupdriver=systemd is not supported", "--exec-opt=native.cgroupdriver=systemd")]
    [InlineData("You specified -b & --bip", "-b", "none", "--bip", "10.1.0.1/24")]
    [InlineData("invalid bind address (fd://)", "-H", "fd://")]
    [InlineData("without TLS is refused", "-H", "tcp://0.0.0.0:2375")]
    [InlineData("contradict each other", "--tls=false", "--tlsverify")]
    [InlineData("say --tls=false", "--tls", "--tlsverify=false")]
    [InlineData("there is no file", "--tlsverify", "--tlscacert=/nowhere/ca.pem")]
    [InlineData("invalid mirror: unsupported scheme \"ftp\"", "--registry-mirror=ftp://x")]
    [InlineData("default runtime 'kata' does not exist", "--default-runtime=kata")]
    [InlineData("runtime name 'runc' is reserved", "--add-runtime=runc=/x")]
    [InlineData("not over the hard", "--default-ulimit=nofile=3:2")]
    [InlineData("like base=10.10.0.0/16,size=24", "--default-address-pool=base=10.10.0.0/16,size=8")]
    [InlineData("oom score must be between", "--oom-score-adjust=2000")]
    [InlineData("opening seccomp profile (/nowhere/p.json) failed", "--seccomp-profile=/nowhere/p.json")]
    [InlineData("seccomp profile /proc/version: Decoding seccomp profile failed", "--seccomp-profile=/proc/version")]
    [InlineData("no such file or directory", "--config-file=/nowhere/daemon.json")]
    public void Wrong_and_contradictory_flags_are_refused_with_their_name(string message, params string[] arguments)
    {
        var refused = Assert.Throws<RefusedException>(() => Read(arguments));
        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public void Containers_that_choose_no_seccomp_profile_get_the_daemons()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, """{"defaultAction":"SCMP_ACT_ALLOW"}""");
        try
        {
            ContainerDefaults own = Read("--seccomp-profile", path).Containers;
            Assert.Equal(
                (path, """{"defaultAction":"SCMP_ACT_ALLOW"}"""), (own.SeccompProfileName, own.SeccompProfile));
        }
        finally
        {
            File.Delete(path);
        }

        ContainerDefaults none = Read("--seccomp-profile=unconfined").Containers;
        Assert.Equal(("unconfined", "unconfined"), (none.SeccompProfileName, none.SeccompProfile));
        foreach (string[] builtin in new[] { [], new[] { "--seccomp-profile=builtin" }, ["--seccomp-profile=default"] })
        {
            ContainerDefaults usual = Read(builtin).Containers;
            Assert.Equal(("builtin", null), (usual.SeccompProfileName, usual.SeccompProfile));
        }
    }

    [Fact]
    public void Tcp_without_tls_takes_an_explicit_word()
    {
        DaemonOptions options = Read("-H", "tcp://127.0.0.1", "--tls=false");
        Assert.Equal("tcp://127.0.0.1:2375", Assert.Single(options.Hosts).ToString());
        Assert.Null(options.Tls);
    }

    [Fact]
    public void The_file_has_Dockers_keys_and_forms()
    {
        DaemonOptions options = ReadFile("""
            {
              "debug": true, "hosts": ["unix:///x.sock"], "labels": ["a=b"], "dns": ["1.1.1.1"],
              "insecure-registries": ["reg:5000"], "registry-mirrors": ["https://mirror"],
              "log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"},
              "default-address-pools": [{"base": "10.10.0.0/16", "size": 24}],
              "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 64, "Soft": 32}},
              "default-shm-size": "1g", "max-concurrent-downloads": 7, "mtu": 1400, "live-restore": false,
              "default-runtime": "other", "runtimes": {"other": {"path": "/usr/bin/other"}},
             "features": {"buildkit": true}
            }
            """);

        Assert.Equal(Severity.Debug, options.LogLevel);
        Assert.Equal("3", options.Containers.LogOptions["max-file"]);
        Assert.Equal(64, Assert.Single(options.Containers.Ulimits).Hard);
        Assert.Equal(1L << 30, options.Containers.ShmBytes);
        Assert.Equal("/usr/bin/other", options.Containers.Runtimes[options.Containers.Runtime]);
        Assert.False(options.LiveRestore);
        Assert.Equal(
            ["feature", "max-concurrent-downloads"], options.WithoutEffect.Select(flag => flag.Name).Order());
    }

    [Fact]
    public void Keys_that_nobody_knows_are_refused_together()
    {
        var refused = Assert.Throws<RefusedException>(
            () => ReadFile("""{"nonsense": 1, "debug": true, "more": 2}"""));
        Assert.Equal(
            "the following directives don't match any configuration option: nonsense, more", refused.Message);
    }

    [Fact]
    public void What_flag_and_file_both_set_is_refused()
    {
        var refused = Assert.Throws<RefusedException>(
            () => ReadFile("""{"labels": ["a=1"], "debug": true}""", "--label=b=2", "--debug=false"));
        Assert.Equal(
            "the following directives are specified both as a flag and in the configuration file: "
            + "debug: (from flag: false, from file: true), labels: (from flag: b=2, from file: a=1)",
            refused.Message);
    }

    [Theory]
    [InlineData("{\"debug\": \"yes\"}", "configuration option \"debug\" must be true or false")]
    [InlineData("{\"dns\": \"1.1.1.1\"}", "configuration option \"dns\" must be an array of strings")]
    [InlineData("[]", "must hold one JSON object")]
    [InlineData("{", "not valid JSON")]
    public void A_file_with_the_wrong_shape_is_refused(string content, string message)
    {
        var refused = Assert.Throws<RefusedException>(() => ReadFile(content));
        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public void Every_flag_has_one_name_and_one_key()
    {
        Assert.Equal(DaemonFlags.All.Count, DaemonFlags.All.DistinctBy(flag => flag.Name).Count());
        Assert.Equal(DaemonFlags.All.Count, DaemonFlags.All.DistinctBy(flag => flag.Key).Count());
        var letters = DaemonFlags.All.Where(flag => flag.Short is not null).ToList();
        Assert.Equal(letters.Count, letters.DistinctBy(flag => flag.Short).Count());
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public void The_version_is_told_and_no_daemon_started(string flag)
    {
        var output = new StringWriter();
        Assert.Null(DaemonCommandLine.Read([flag], output));
        Assert.Matches(@"^Docker version \d+\.\d+\.\d+, build skep\n$", output.ToString());
    }

    [Fact]
    public void Help_names_the_command_as_it_is_typed()
    {
        var output = new StringWriter();
        Assert.Null(DaemonCommandLine.Read(["--help"], output));
        Assert.Contains("  skep daemon [options]\n", output.ToString());
    }

    private static DaemonOptions Read(params string[] arguments) =>
        DaemonCommandLine.Read(arguments, TextWriter.Null)!.Value.Options;

    private DaemonOptions ReadFile(string content, params string[] arguments)
    {
        File.WriteAllText(file, content);
        return Read([.. arguments, "--config-file", file]);
    }
}
