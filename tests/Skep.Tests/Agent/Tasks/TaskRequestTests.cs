using Skep.Agent.Containers;
using Skep.Agent.Network;
using Skep.Agent.Tasks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using ContainerConfig = Skep.Docker.Engine.ContainerConfig;
using CreateContainerRequest = Skep.Docker.Engine.CreateContainerRequest;
using EndpointSettings = Skep.Docker.Engine.EndpointSettings;
using HostConfig = Skep.Docker.Engine.HostConfig;
using LogConfig = Skep.Docker.Engine.LogConfig;
using PortBinding = Skep.Docker.Engine.PortBinding;

namespace Skep.Tests.Agent.Tasks;

public class TaskRequestTests
{
    private static readonly SwarmTask Task = WorkerScene.NewTask("t1", TaskState.Running);

    [Fact]
    public void A_container_has_docker_s_name_and_labels()
    {
        CreateContainerRequest request = Build(new ContainerSpec
        {
            Image = "alpine",
            Labels = ValueMap.Of(("a", "1"), ("com.docker.swarm.task.id", "a lie")),
        });
        Assert.Equal("web.1.t1", TaskNames.Of(Task));
        Assert.Equal("web.node.t1", TaskNames.Of(Task with { Slot = 0 }));
        Assert.Equal("alpine:latest", request.Image);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["a"] = "1",
                ["com.docker.swarm.task"] = "",
                ["com.docker.swarm.task.id"] = "t1",
                ["com.docker.swarm.task.name"] = "web.1.t1",
                ["com.docker.swarm.node.id"] = "node",
                ["com.docker.swarm.service.id"] = "service",
                ["com.docker.swarm.service.name"] = "web",
            },
            request.Labels);
    }

    [Fact]
    public void Labels_carry_the_options_that_a_spec_has_no_field_for()
    {
        HostConfig host = Build(new ContainerSpec
        {
            Image = "alpine",
            Labels = ValueMap.Of(
                ("skep.run.privileged", "true"),
                ("skep.run.pid", "host"),
                ("skep.run.ipc", "none"),
                ("skep.run.cgroupns", "private"),
                ("skep.run.cgroup-parent", "/jobs"),
                ("skep.run.device", "/dev/zero:/dev/z:r,/dev/fuse"),
                ("skep.run.device-cgroup-rule", "c 1:3 rw"),
                ("skep.run.uts", "host"),
                ("skep.run.apparmor", "mine")),
        }).HostConfig!;

        Assert.True(host.Privileged);
        Assert.Equal(
            ("host", "none", "private", "/jobs"),
            (host.PidMode, host.IpcMode, host.CgroupnsMode, host.CgroupParent));
        Assert.Equal([new("/dev/zero", "/dev/z", "r"), new("/dev/fuse", "/dev/fuse", "rwm")], host.Devices!);
        Assert.Equal(["c 1:3 rw"], host.DeviceCgroupRules!);
        Assert.Equal("host", host.UtsMode);
        Assert.Equal(["apparmor=mine"], host.SecurityOpt!);
        HostConfig plain = Build(new ContainerSpec { Image = "alpine" }).HostConfig!;
        Assert.Equal((false, "", ""), (plain.Privileged, plain.PidMode, plain.IpcMode));
        Assert.Null(plain.Devices);
    }

    [Fact]
    public void A_label_that_means_nothing_is_refused_by_the_node_as_well() => Assert.Contains(
        "label skep.run.pid: \"guest\" is not possible; use host",
        Assert.Throws<RefusedException>(() => Build(new ContainerSpec
        {
            Image = "alpine",
            Labels = ValueMap.Of(("skep.run.pid", "guest")),
        })).Message);

    [Fact]
    public void Every_field_of_the_container_reaches_the_engine()
    {
        CreateContainerRequest request = Build(new ContainerSpec
        {
            Image = "alpine:3@sha256:" + new string('a', 64),
            Command = ["sh"],
            Args = ["-c", "true"],
            Hostname = "h",
            Env = ["A=1"],
            Dir = "/d",
            User = "u",
            Groups = ["g"],
            Init = true,
            Tty = true,
            OpenStdin = true,
            ReadOnly = true,
            StopSignal = "SIGINT",
            StopGracePeriod = new SwarmDuration(7, 0),
            Hosts = ["10.0.0.1 one two", "malformed"],
            DnsConfig = new DnsConfig { Nameservers = ["1.1.1.1"], Search = ["s"], Options = ["o"] },
            Healthcheck = new HealthConfig { Test = ["CMD", "x"], Interval = new SwarmDuration(1, 5), Retries = 2 },
            PidsLimit = 5,
            Sysctls = ValueMap.Of(("net.x", "1")),
            CapabilityAdd = ["CAP_NET_ADMIN"],
            CapabilityDrop = ["CAP_CHOWN"],
            Ulimits = [new Ulimit { Name = "nofile", Soft = 1, Hard = 2 }],
            OomScoreAdj = -3,
        });
        Assert.Equal("alpine:3@sha256:" + new string('a', 64), request.Image);
        Assert.Equal(["sh"], request.Entrypoint);
        Assert.Equal(["-c", "true"], request.Cmd);
        Assert.Equal(("h", "/d", "u"), (request.Hostname, request.WorkingDir, request.User));
        Assert.Equal("SIGINT", request.StopSignal);
        Assert.Equal(["A=1"], request.Env);
        Assert.True(request.Tty && request.OpenStdin);
        Assert.Equal(7, request.StopTimeout);
        Assert.Equal(["CMD", "x"], request.Healthcheck?.Test);
        Assert.Equal((1_000_000_005, 2), (request.Healthcheck?.Interval, request.Healthcheck?.Retries));
        HostConfig host = request.HostConfig!;
        Assert.Equal(["one:10.0.0.1", "two:10.0.0.1"], host.ExtraHosts);
        Assert.Equal(["1.1.1.1"], host.Dns);
        Assert.Equal(["s"], host.DnsSearch);
        Assert.Equal(["o"], host.DnsOptions);
        Assert.Equal(["g"], host.GroupAdd);
        Assert.Equal((true, true, 5L, -3), (host.Init, host.ReadonlyRootfs, host.PidsLimit, host.OomScoreAdj));
        Assert.Equal("1", host.Sysctls!["net.x"]);
        Assert.Equal(["CAP_NET_ADMIN"], host.CapAdd);
        Assert.Equal(["CAP_CHOWN"], host.CapDrop);
        Assert.Equal([new Skep.Docker.Engine.Ulimit("nofile", 2, 1)], host.Ulimits);
    }

    [Fact]
    public void Arguments_alone_leave_the_image_s_entrypoint()
    {
        CreateContainerRequest request = Build(new ContainerSpec { Image = "alpine", Args = ["x"] });
        Assert.Null(request.Entrypoint);
        Assert.Equal(["x"], request.Cmd);
    }

    [Fact]
    public void Limits_hold_the_container_and_reservations_do_not()
    {
        SwarmTask task = With(new ResourceRequirements
        {
            Limits = new Resources { NanoCpus = 500_000_000, MemoryBytes = 1 << 20 },
            Reservations = new Resources { NanoCpus = 1, MemoryBytes = 2 },
            SwapBytes = 1 << 10,
            MemorySwappiness = 60,
        });
        HostConfig host = TaskRequest.Build(task, task.Spec.Container!).HostConfig!;
        Assert.Equal((500_000_000, 1 << 20, 0), (host.NanoCpus, host.Memory, host.MemoryReservation));
        Assert.Equal(((1 << 20) + (1 << 10), 60L), (host.MemorySwap, host.MemorySwappiness));
    }

    [Fact]
    public void Ports_of_the_node_are_published_and_those_of_the_mesh_are_not()
    {
        SwarmTask task = Task with
        {
            Endpoint = new Endpoint
            {
                Ports =
                [
                    new PortConfig { TargetPort = 80, PublishedPort = 8080, PublishMode = PublishMode.Host },
                    new PortConfig { TargetPort = 53, Protocol = PortProtocol.Udp, PublishMode = PublishMode.Host },
                    new PortConfig { TargetPort = 81, PublishedPort = 8081, PublishMode = PublishMode.Ingress },
                ],
            },
        };
        CreateContainerRequest request = TaskRequest.Build(task, task.Spec.Container!);
        Assert.Equal(["53/udp", "80/tcp"], request.ExposedPorts!.Keys.Order());
        Assert.Equal("8080", request.HostConfig!.PortBindings!["80/tcp"]![0].HostPort);
        Assert.Equal("", request.HostConfig!.PortBindings!["53/udp"]![0].HostPort);
    }

    [Fact]
    public void Published_ports_are_reported_with_the_numbers_they_got()
    {
        PortStatus? status = TaskPorts.StatusOf(new Dictionary<string, IReadOnlyList<PortBinding>?>
        {
            ["53/udp"] = [new PortBinding { HostIp = "0.0.0.0", HostPort = "32768" }],
            ["80/tcp"] = null,
        });
        PortConfig port = Assert.Single(status!.Ports);
        Assert.Equal(
            (53u, 32768u, PortProtocol.Udp, PublishMode.Host),
            (port.TargetPort, port.PublishedPort, port.Protocol, port.PublishMode));
        Assert.Null(TaskPorts.StatusOf(new Dictionary<string, IReadOnlyList<PortBinding>?>()));
    }

    [Fact]
    public void The_user_s_own_resources_are_told_in_the_environment()
    {
        SwarmTask task = Task with
        {
            AssignedGenericResources =
            [
                new NamedGenericResource { Kind = "gpu", Value = "g1" },
                new NamedGenericResource { Kind = "gpu", Value = "g2" },
                new DiscreteGenericResource { Kind = "ssd", Value = 3 },
            ],
        };
        Assert.Equal(
            ["DOCKER_RESOURCE_GPU=g1,g2", "DOCKER_RESOURCE_SSD=3"],
            TaskRequest.Build(task, task.Spec.Container!).Env);
    }

    [Fact]
    public void Networks_of_the_node_are_joined_by_name_and_others_are_refused()
    {
        NetworkAttachment Attachment(string name, params ReadOnlySpan<(string, string)> labels) => new()
        {
            Network = new SwarmNetwork
            {
                Id = new NetworkId("n"),
                Spec = new NetworkSpec { Annotations = new Annotations { Name = name, Labels = ValueMap.Of(labels) } },
            },
        };
        SwarmTask host = Task with { Networks = [Attachment("host", ("com.docker.swarm.predefined", "true"))] };
        TaskNetworks.Check(host);
        Assert.Equal("host", TaskNetworks.ModeOf(host));
        Assert.Equal("bridge", TaskNetworks.ModeOf(Task));
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => TaskNetworks.Check(Task with { Networks = [Attachment("mine")] }));
        Assert.Equal("network mine has no VXLAN identifier yet", refusal.Message);
    }

    [Fact]
    public void Networks_of_the_swarm_are_joined_in_order_with_the_addresses_that_the_managers_gave()
    {
        SwarmTask task = Task with
        {
            Networks = [Overlay("zebra", "z", "10.0.9.5/24", "fd00:9::5/64"), Overlay("ant", "a", "10.0.8.5/24")],
        };
        CreateContainerRequest request = TaskRequest.Build(task, task.Spec.Container!);
        Assert.Equal("default", request.HostConfig!.NetworkMode);
        IReadOnlyDictionary<string, EndpointSettings?> asked = request.NetworkingConfig!.EndpointsConfig!;
        Assert.Equal(["zebra", "ant"], asked.Keys);
        EndpointSettings first = asked["zebra"]!;
        Assert.Equal(
            ("z", "10.0.9.5", "fd00:9::5"),
            (first.NetworkId, first.IpamConfig!.IPv4Address, first.IpamConfig.IPv6Address));
        Assert.Equal(
            ["zebra", "ant"],
            WantedEndpoints.From(request.HostConfig, request.NetworkingConfig, new ContainerConfig(), isTask: true)
                .Select(one => one.Network));

        NetworkRecord record = TaskNetworks.Overlays(task)[0];
        Assert.Equal((4100u, true, "overlay"), (record.Vni, record.IsEncrypted, record.Driver));
        Assert.Equal("10.0.9.1", record.IPv4!.Gateway.ToString());
    }

    private static NetworkAttachment Overlay(string name, string id, params ReadOnlySpan<string> addresses) => new()
    {
        Addresses = [.. addresses],
        Network = new SwarmNetwork
        {
            Id = new NetworkId(id),
            Spec = new NetworkSpec { Annotations = new Annotations { Name = name } },
            DriverState = new Driver
            {
                Name = "overlay",
                Options = ValueMap.Of(
                    ("com.docker.network.driver.overlay.vxlanid_list", "4100"), ("encrypted", "")),
            },
            Ipam = new Skep.Swarm.Objects.IpamOptions
            {
                Configs =
                [
                    new Skep.Swarm.Objects.IpamConfig { Subnet = "10.0.9.0/24", Gateway = "10.0.9.1" },
                ],
            },
        },
    };

    [Fact]
    public void Privileges_become_security_options()
    {
        Assert.Equal(
            ["label=type:t", "seccomp={}", "apparmor=unconfined", "no-new-privileges=true"],
            TaskPrivileges.ToOptions(new Privileges
            {
                SELinuxContext = new SELinuxContext { Type = "t" },
                Seccomp = new SeccompOptions { Mode = SeccompMode.Custom, Profile = Bytes.Utf8("{}") },
                AppArmor = new AppArmorOptions { Mode = AppArmorMode.Disabled },
                NoNewPrivileges = true,
            }));
        Assert.Throws<RefusedException>(() => TaskPrivileges.Check(new Privileges
        {
            CredentialSpec = new Skep.Swarm.Objects.CredentialSpec { Source = CredentialSource.File, Value = "x" },
        }));
    }

    [Fact]
    public void The_log_driver_is_the_task_s()
    {
        SwarmTask task = Task with
        {
            LogDriver = new Driver { Name = "json-file", Options = ValueMap.Of(("max-size", "1m")) },
        };
        LogConfig log = TaskRequest.Build(task, task.Spec.Container!).HostConfig!.LogConfig;
        Assert.Equal("json-file", log.Type);
        Assert.Equal("1m", log.Config!["max-size"]);
    }

    [Theory]
    [InlineData(MountType.Bind, "relative", "/t", "invalid bind mount source, must be an absolute path: relative")]
    [InlineData(MountType.Volume, "/abs", "/t", "invalid volume mount source, must not be an absolute path: /abs")]
    [InlineData(MountType.Tmpfs, "x", "/t", "invalid tmpfs source, source must be empty")]
    [InlineData(MountType.Volume, "v", "t", "invalid mount target, must be an absolute path: t")]
    [InlineData(MountType.Cluster, "v", "/t", "cluster volumes are not supported on this node: mount v at /t")]
    public void Mounts_that_cannot_be_are_refused(MountType type, string source, string target, string words)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => TaskMounts.Check([new Mount { Type = type, Source = source, Target = target }]));
        Assert.Equal(words, refusal.Message);
    }

    [Fact]
    public void Mounts_keep_all_their_options()
    {
        Skep.Docker.Engine.Mount bind = TaskMounts.ToRequest(new Mount
        {
            Type = MountType.Bind,
            Source = "/s",
            Target = "/t",
            ReadOnly = true,
            BindOptions = new Skep.Swarm.Objects.BindOptions { Propagation = MountPropagation.RShared },
        });
        Assert.Equal(("bind", "/s", "/t", true), (bind.Type, bind.Source, bind.Target, bind.ReadOnly));
        Assert.Equal("rshared", bind.BindOptions?.Propagation);
        Skep.Docker.Engine.Mount volume = TaskMounts.ToRequest(new Mount
        {
            Type = MountType.Volume,
            Target = "/t",
            VolumeOptions = new Skep.Swarm.Objects.VolumeOptions
            {
                NoCopy = true,
                Subpath = "sub",
                Labels = ValueMap.Of(("l", "1")),
                DriverConfig = new Driver { Name = "local", Options = ValueMap.Of(("o", "x")) },
            },
        });
        Assert.Equal((null, true, "sub"), (volume.Source, volume.VolumeOptions?.NoCopy, volume.VolumeOptions?.Subpath));
        Assert.Equal("x", volume.VolumeOptions?.DriverConfig?.Options?["o"]);
        Skep.Docker.Engine.Mount tmpfs = TaskMounts.ToRequest(new Mount
        {
            Type = MountType.Tmpfs,
            Target = "/t",
            TmpfsOptions = new Skep.Swarm.Objects.TmpfsOptions
            {
                SizeBytes = 4096, Mode = 0x1FF, Options = """[["noexec"],["size","1m"]]""",
            },
        });
        Assert.Equal((4096L, 0x1FFu), (tmpfs.TmpfsOptions!.SizeBytes, tmpfs.TmpfsOptions.Mode));
        Assert.Equal([["noexec"], ["size", "1m"]], tmpfs.TmpfsOptions.Options);
    }

    private static CreateContainerRequest Build(ContainerSpec container) => TaskRequest.Build(Task, container);

    private static SwarmTask With(ResourceRequirements resources) => Task with
    {
        Spec = new TaskSpec { Runtime = new ContainerSpec { Image = "alpine" }, Resources = resources },
    };
}
