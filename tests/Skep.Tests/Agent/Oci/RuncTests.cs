using System.Diagnostics;
using Skep.Agent.Cgroups;
using Skep.Agent.Mounts;
using Skep.Agent.Oci;
using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Tests.Agent.Oci;

/// <summary>Specs as the real runc carries them out, with a root file system that holds busybox.</summary>
public sealed class RuncTests : IDisposable
{
    private const int TimeoutMilliseconds = 30_000;

    private static readonly CgroupLayout Layout = CgroupLayout.Detect();
    private static readonly KernelFacts Kernel = KernelProbe.Probe(Layout);

    private readonly string bundle = Directory.CreateTempSubdirectory("skep-runc-").FullName;
    private readonly string parent = $"/skep-test-runc-{Environment.ProcessId}";

    public RuncTests()
    {
        foreach (string name in new[] { "bin", "proc", "sys", "dev", "tmp", "etc", "data" })
        {
            Directory.CreateDirectory($"{bundle}/rootfs/{name}");
        }

        // runc gives a tmpfs the mode of the directory that it covers.
        File.SetUnixFileMode($"{bundle}/rootfs/tmp", (UnixFileMode)0x3FF);
        File.Copy("/bin/busybox", $"{bundle}/rootfs/bin/busybox");
        File.CreateSymbolicLink($"{bundle}/rootfs/bin/sh", "busybox");
        File.WriteAllText($"{bundle}/rootfs/etc/passwd", "root:x:0:0::/root:\nwww:x:33:33::/srv:\n");
    }

    public void Dispose()
    {
        CgroupLeftovers.RemoveGroup(Layout, parent);
        Directory.Delete(bundle, recursive: true);
    }

    [Fact]
    public void A_container_is_confined_as_docker_confines_it()
    {
        string output = Run(new HostConfig(), UserIdentity.Root, """
            grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/self/status
            busybox unshare -m true 2>/dev/null && echo unshared
            busybox mount -t tmpfs x /tmp 2>/dev/null && echo mounted
            busybox wc -c < /proc/interrupts
            echo 1 > /proc/sys/kernel/panic && echo written
            touch /sys/x 2>/dev/null && echo touched
            busybox df -P -k /dev/shm | busybox tail -1 | busybox awk '{print "shm", $2}'
            busybox hostname
            cat /proc/sys/net/ipv4/ip_unprivileged_port_start
            busybox env | busybox sort
            test -c /dev/console && echo console
            """);

        Assert.Equal(
            """
            CapInh:	0000000000000000
            CapPrm:	00000000a80425fb
            CapEff:	00000000a80425fb
            CapBnd:	00000000a80425fb
            CapAmb:	0000000000000000
            NoNewPrivs:	0
            Seccomp:	2
            0
            shm 65536
            0123456789ab
            0
            HOME=/root
            HOSTNAME=0123456789ab
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            PWD=/
            SHLVL=1
            """.ReplaceLineEndings("\n"),
            output.Replace("sh: can't create /proc/sys/kernel/panic: Read-only file system\n", "").TrimEnd());
    }

    [Fact]
    public void A_hardened_container_has_what_it_asked_for_and_no_more()
    {
        var host = new HostConfig
        {
            ReadonlyRootfs = true,
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges"],
            Ulimits = [new("nofile", 64, 32)],
            PidsLimit = 20,
            Memory = 32 << 20,
            OomScoreAdj = 500,
        };
        string output = Run(host, new UserIdentity { Uid = 33, Gid = 33, Groups = [10, 29] }, """
            grep -E '^(Uid|Groups|CapBnd|NoNewPrivs)' /proc/self/status
            touch /x 2>/dev/null && echo touched
            touch /dev/shm/x && echo shared
            touch /tmp/x && echo temporary
            ulimit -S -n; ulimit -H -n
            cat /proc/self/oom_score_adj
            echo $HOME
            """);

        Assert.Equal(
            """
            Uid:	33	33	33	33
            Groups:	10 29 33 
            CapBnd:	0000000000000000
            NoNewPrivs:	1
            shared
            temporary
            32
            64
            500
            /srv
            """.ReplaceLineEndings("\n"), output.TrimEnd());
    }

    [Fact]
    public void A_privileged_container_has_all_that_we_have()
    {
        string output = Run(
            new HostConfig { Privileged = true },
            UserIdentity.Root,
            """
            grep -E '^(CapEff|Seccomp:)' /proc/self/status
            busybox mount -t tmpfs x /tmp && echo mounted
            test -c /dev/console || echo no console
            """,
            HostDevices.All());

        ulong mask = Kernel.Capabilities.Aggregate(
            0ul, (bits, name) => bits | 1ul << Capabilities.Known.ToList().IndexOf(name));
        Assert.Equal($"CapEff:\t{mask:x16}\nSeccomp:\t0\nmounted\nno console", output.TrimEnd());
    }

    private string Run(
        HostConfig asked, UserIdentity user, string script, IReadOnlyList<DeviceSpec>? machineDevices = null)
    {
        var config = new ContainerConfig
        {
            Cmd = ["sh", "-c", "for n in grep cat touch test; do alias $n=\"busybox $n\"; done\n" + script],
        };
        string id = $"skep-test-{Environment.ProcessId}-{Path.GetFileName(bundle)}";
        SpecInputs inputs = TestInputs.For(config, asked, Kernel) with
        {
            User = user,
            CgroupsPath = $"{parent}/{id}",
            MachineDevices = machineDevices ?? [],
            Mounts = asked.ReadonlyRootfs
                ? [new ResolvedMount { Type = "tmpfs", Source = "tmpfs", Target = "/tmp", Options = ["mode=1777"] }]
                : [],
        };
        File.WriteAllBytes($"{bundle}/config.json", SpecBuilder.Build(inputs));

        var start = new ProcessStartInfo("runc", ["--root", $"{bundle}/state", "run", "-b", bundle, id])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process runc = Process.Start(start)!;
        runc.StandardInput.Close();
        Task<string> errors = runc.StandardError.ReadToEndAsync();
        string output = runc.StandardOutput.ReadToEnd();
        Assert.True(runc.WaitForExit(TimeoutMilliseconds), "runc did not end");
        Assert.True(output.Length > 0, errors.Result);
        return output;
    }
}
