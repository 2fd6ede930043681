using Skep.Agent.Mounts;
using Skep.Agent.Oci;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Tests.Docker.Validation;

namespace Skep.Tests.Agent.Oci;

public class SpecBuilderTests
{
    [Fact]
    public void A_container_that_asks_for_nothing_has_dockers_world()
        => GoldenText.Check("Agent/Oci/Golden/plain.json",
            TestInputs.Readable(SpecBuilder.BuildSpec(TestInputs.Plain() with { NetnsPath = "/run/skep/netns/c" })));

    [Fact]
    public void A_container_that_asks_for_much_gets_it()
    {
        var config = new ContainerConfig
        {
            Entrypoint = ["/entry"], Cmd = ["a", "b"], Tty = true, WorkingDir = "/srv",
            Env = ["A=1", "PATH=/bin", "TERM"],
        };
        var host = new HostConfig
        {
            ReadonlyRootfs = true,
            CapAdd = ["NET_ADMIN"],
            CapDrop = ["MKNOD"],
            Ulimits = [new("nofile", 2000, 1000)],
            SecurityOpt = ["no-new-privileges"],
            Memory = 64 << 20,
            NanoCpus = 500_000_000,
            PidsLimit = 50,
            CpusetCpus = "0",
            BlkioWeight = 300,
            BlkioDeviceReadBps = [new("/dev/sda", 1000)],
            DeviceCgroupRules = ["c 10:200 rw"],
            Devices = [new("/dev/fuse", "/dev/fuse", "rwm")],
            ConsoleSize = [24, 80],
            OomScoreAdj = 100,
            Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "1024" },
            Annotations = new Dictionary<string, string> { ["a"] = "b" },
            Init = true,
        };
        SpecInputs inputs = TestInputs.For(config, host) with
        {
            User = new UserIdentity { Uid = 33, Gid = 33, Groups = [10, 29] },
            Domainname = "example.org",
            InitPath = "/usr/bin/tini-static",
            Devices = [new DeviceGrant(new DeviceSpec("/dev/fuse", "c", 10, 229, 0x1B6, 0, 0), "rwm")],
            DiskNumbers = new Dictionary<string, DeviceNumber> { ["/dev/sda"] = new(8, 0) },
            DefaultUlimits = [new("nofile", 1, 1), new("nproc", 100, 100)],
            Mounts =
            [
                new ResolvedMount
                {
                    Type = "bind", Source = "/host/data", Target = "/data", Propagation = "rslave",
                    Options = ["rbind", "ro", "rslave"],
                },
                new ResolvedMount
                {
                    Type = "tmpfs", Source = "tmpfs", Target = "/tmp", Options = ["noexec", "size=64k"],
                },
            ],
        };

        GoldenText.Check("Agent/Oci/Golden/rich.json", TestInputs.Readable(SpecBuilder.BuildSpec(inputs)));
    }

    [Fact]
    public void A_privileged_container_on_the_machines_namespaces_sees_the_machine()
    {
        var host = new HostConfig
        {
            Privileged = true, NetworkMode = "host", PidMode = "host", IpcMode = "host", UtsMode = "host",
        };
        SpecInputs inputs = TestInputs.Plain(host) with
        {
            MachineDevices = [new DeviceSpec("/dev/fuse", "c", 10, 229, 0x1B6, 0, 0)],
        };

        RuntimeSpec spec = SpecBuilder.BuildSpec(inputs);

        GoldenText.Check("Agent/Oci/Golden/privileged.json", TestInputs.Readable(spec));
        Assert.Null(spec.Linux.Seccomp);
    }

    [Fact]
    public void A_mount_of_the_users_takes_the_place_of_a_default_one()
    {
        var shm = new ResolvedMount
        {
            Type = "tmpfs", Source = "tmpfs", Target = "/dev/shm", Options = ["size=1m"],
        };

        RuntimeSpec spec = SpecBuilder.BuildSpec(TestInputs.Plain() with { Mounts = [shm] });

        Assert.Equal(["size=1m"], Assert.Single(spec.Mounts, mount => mount.Destination == "/dev/shm").Options);
    }

    [Fact]
    public void A_dev_of_the_users_takes_the_place_of_all_below_it()
    {
        var dev = new ResolvedMount { Type = "bind", Source = "/dev", Target = "/dev", Options = ["rbind"] };

        RuntimeSpec spec = SpecBuilder.BuildSpec(TestInputs.Plain() with { Mounts = [dev] });

        Assert.DoesNotContain(
            spec.Mounts, mount => mount.Destination.StartsWith("/dev/", StringComparison.Ordinal));
    }

    [Fact]
    public void Shared_memory_follows_the_ipc_mode()
    {
        static MountSpec? Shm(SpecInputs inputs) => SpecBuilder.BuildSpec(inputs).Mounts
            .FirstOrDefault(mount => mount.Destination == "/dev/shm");

        Assert.Equal("tmpfs", Shm(TestInputs.Plain())!.Type);
        Assert.Null(Shm(TestInputs.Plain(new HostConfig { IpcMode = "none" })));
        Assert.Equal("/dev/shm", Shm(TestInputs.Plain(new HostConfig { IpcMode = "host" }))!.Source);
        Assert.Equal("/shared", Shm(TestInputs.Plain(new HostConfig { IpcMode = "shareable" }) with
        {
            ShmPath = "/shared",
        })!.Source);
    }

    [Fact]
    public void The_namespaces_of_another_container_are_entered()
    {
        SpecInputs inputs = TestInputs.Plain(new HostConfig { PidMode = "container:x", IpcMode = "container:x" }) with
        {
            PidNamespacePath = "/proc/7/ns/pid",
            IpcNamespacePath = "/proc/7/ns/ipc",
        };

        IReadOnlyList<NamespaceSpec> namespaces = SpecBuilder.BuildSpec(inputs).Linux.Namespaces;

        Assert.Contains(new NamespaceSpec("pid", "/proc/7/ns/pid"), namespaces);
        Assert.Contains(new NamespaceSpec("ipc", "/proc/7/ns/ipc"), namespaces);
    }

    [Fact]
    public void An_init_that_is_not_there_is_said_so()
    {
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => SpecBuilder.BuildSpec(TestInputs.Plain(new HostConfig { Init = true })));
        Assert.StartsWith("init binary not found", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_a_gpu_is_refused_when_it_would_start()
    {
        var host = new HostConfig { DeviceRequests = [new() { Count = -1, Capabilities = [["gpu"]] }] };

        Assert.Equal("could not select device driver \"\" with capabilities: [[gpu]]",
            Assert.Throws<RefusedException>(() => SpecBuilder.BuildSpec(TestInputs.Plain(host))).Message);
    }

    [Fact]
    public void A_cgroup_namespace_is_private_with_v2()
    {
        SpecInputs inputs = TestInputs.For(
            new ContainerConfig { Cmd = ["sh"] }, new HostConfig { OomKillDisable = true, MemorySwappiness = 5 },
            TestKernel.Full with { CgroupUnified = true });

        LinuxSpec linux = SpecBuilder.BuildSpec(inputs).Linux;

        Assert.Contains(new NamespaceSpec("cgroup"), linux.Namespaces);
        Assert.Null(linux.Resources.Memory);
    }

    [Fact]
    public void An_apparmor_profile_is_named_only_where_the_kernel_has_it()
    {
        Assert.Null(SpecBuilder.BuildSpec(TestInputs.Plain()).Process.ApparmorProfile);
        Assert.Equal("docker-default", SpecBuilder.BuildSpec(TestInputs.Plain() with
        {
            Kernel = TestKernel.Full with { AppArmor = true },
        }).Process.ApparmorProfile);
    }

    [Fact]
    public void A_relative_working_directory_of_an_image_is_refused()
        => Assert.Contains("needs to be an absolute path", Assert.Throws<RefusedException>(() =>
            SpecBuilder.BuildSpec(TestInputs.For(
                new ContainerConfig { Cmd = ["sh"], WorkingDir = "srv" }, new HostConfig()))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_exec_has_the_containers_limits_and_its_own_wishes()
    {
        SpecInputs container = TestInputs.Plain(new HostConfig { Ulimits = [new("nofile", 20, 10)] });
        var exec = new ExecConfig { Cmd = ["id"], Tty = true, Env = ["A=2", "HOSTNAME"], WorkingDir = "/tmp" };

        ProcessSpec process = ExecSpec.BuildProcess(new ExecInputs
        {
            Config = container.Config, HostConfig = container.HostConfig, Exec = exec, User = UserIdentity.Root,
            Kernel = container.Kernel, Hostname = "h", ConsoleSize = [10, 20],
        });

        Assert.Equal(["id"], process.Args);
        Assert.Equal("/tmp", process.Cwd);
        Assert.Equal(new BoxSpec(10, 20), process.ConsoleSize);
        Assert.DoesNotContain("HOSTNAME=h", process.Env);
        Assert.Equal(["TERM=xterm", "A=2"], process.Env.Skip(1));
        Assert.Equal(14, process.Capabilities!.Bounding.Count);
        Assert.Equal(new RlimitSpec("RLIMIT_NOFILE", 20, 10), Assert.Single(process.Rlimits!));
    }

    [Fact]
    public void An_update_names_only_what_changes()
    {
        ResourcesSpec update = ResourceUpdate.BuildResources(
            new Resources { NanoCpus = 1_500_000_000, PidsLimit = 0 }, TestKernel.Full);

        Assert.Null(update.Memory);
        Assert.Equal(new CpuSpec { Period = 100_000, Quota = 150_000 }, update.Cpu);
        Assert.Equal(new PidsSpec(-1), update.Pids);
    }
}
