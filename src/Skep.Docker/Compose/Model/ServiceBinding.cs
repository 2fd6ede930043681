using Skep.Docker.Compose.Yaml;
using Skep.Swarm.Objects;

namespace Skep.Docker.Compose.Model;

/// <summary>One service's long form as a record.</summary>
internal static class ServiceBinding
{
    public static ComposeService Bind(YamlEntry entry, ProjectFiles files)
    {
        Fields fields = Fields.Of(entry);
        return new()
        {
            Name = entry.Key,
            Image = fields.Text("image"),
            Command = fields.TextsOrNull("command"),
            Entrypoint = fields.TextsOrNull("entrypoint"),
            Environment = fields.PairsOrNull("environment"),
            Deploy = DeployBinding.Bind(entry.Key, fields),
            Ports =
            [
                .. fields.Sections("ports").Select((port, index) => Port(port, $"services.{entry.Key}.ports.{index}")),
            ],
            Networks = [.. fields.Entries("networks").Select(NetworkUse)],
            Mounts = [.. fields.Sections("volumes").Select(Mount)],
            Tmpfs = [.. fields.Texts("tmpfs"), .. SharedMemory(fields)],
            Secrets = [.. fields.Sections("secrets").Select(FileUse)],
            Configs = [.. fields.Sections("configs").Select(FileUse)],
            Health = fields.SectionOrNull("healthcheck") is { } health ? Health(health) : null,
            Logging = fields.SectionOrNull("logging") is { } logging
                ? new(logging.Text("driver"), logging.Pairs("options"), logging.Place)
                : null,
            // Text stands for the names of version 3, which no start is held back for.
            DependsOn = [.. fields.Entries("depends_on").Where(entry => entry.Value is not YamlText).Select(Gate)],
            Labels = fields.Pairs("labels"),
            Ulimits = ValueMap.From(fields.Entries("ulimits")
                .Select(limit => KeyValuePair.Create(limit.Key, Ulimit(limit)))),
            Sysctls = fields.Pairs("sysctls"),
            CapAdd = fields.Texts("cap_add"),
            CapDrop = fields.Texts("cap_drop"),
            Dns = fields.Texts("dns"),
            DnsSearch = fields.Texts("dns_search"),
            DnsOptions = fields.Texts("dns_opt"),
            ExtraHosts = fields.Texts("extra_hosts"),
            Hostname = fields.Text("hostname"),
            User = fields.Text("user"),
            Groups = fields.Texts("group_add"),
            WorkingDirectory = fields.Text("working_dir"),
            StopSignal = fields.Text("stop_signal"),
            StopGraceNanoseconds = fields.Nanoseconds("stop_grace_period"),
            Init = fields.FlagOrNull("init"),
            HasTty = fields.Flag("tty"),
            IsStdinOpen = fields.Flag("stdin_open"),
            IsReadOnly = fields.Flag("read_only"),
            OomScoreAdjust = fields.Integer("oom_score_adj") ?? 0,
            Isolation = fields.Text("isolation"),
            CredentialSpec = fields.SectionOrNull("credential_spec") is { } spec
                ? new(spec.Text("config"), spec.Text("file"), spec.Text("registry"), spec.Place)
                : null,
            Run = RunOptions(entry.Key, fields, files),
            Place = entry.Place,
            Places = fields.Places,
        };
    }

    private static ComposeRunOptions RunOptions(string name, Fields fields, ProjectFiles files)
    {
        var options = new ComposeRunOptions
        {
            ShmBytes = SizeOrNull(fields.Text("shm_size")),
            UsernsMode = fields.Text("userns_mode"),
            NetworkMode = fields.Text("network_mode"),
            DomainName = fields.Text("domainname"),
            MacAddress = fields.Text("mac_address"),
            // In version 3 "no" says nothing, as with Docker: the swarm starts again what ends.
            Restart = fields.Text("restart") is { } restart && (files.IsOfSpecification || restart != "no")
                ? restart
                : null,
        };

        // Version 3 reads and ignores these: a file that says privileged for nothing shall not get it one day.
        return !files.IsOfSpecification ? options : options with
        {
            IsPrivileged = fields.Flag("privileged"),
            Devices = fields.Texts("devices"),
            DeviceRules = fields.Texts("device_cgroup_rules"),
            Ipc = fields.Text("ipc"),
            Pid = fields.Text("pid"),
            CgroupParent = fields.Text("cgroup_parent"),
            CgroupNamespace = fields.Text("cgroupns_mode") ?? fields.Text("cgroup"),
            Uts = fields.Text("uts"),
            SecurityOptions = SecurityProfiles.Read(name, fields, files),
        };
    }

    /// <summary>A service has no field for its size, but a tmpfs in its place has one.</summary>
    private static IEnumerable<string> SharedMemory(Fields fields)
    {
        const string Path = "/dev/shm";
        bool isTaken = fields.Texts("tmpfs").Any(text => text.Split(':')[0] == Path)
            || fields.Sections("volumes").Any(mount => mount.Text("target") == Path);
        if (isTaken || SizeOrNull(fields.Text("shm_size")) is not { } bytes)
        {
            return [];
        }

        string size = bytes % 1024 == 0 ? Fields.Digits(bytes / 1024) + "k" : Fields.Digits(bytes);
        return [$"{Path}:size={size}"];
    }

    /// <summary>Version 3 takes any text here: what is no size was warned about.</summary>
    private static long? SizeOrNull(string? text) => text is null ? null : Values.ByteSize.TryParse(text);

    private static ComposePort Port(Fields port, string path) => new()
    {
        Mode = port.Word("mode", path, "ingress", "host") ?? "ingress",
        Target = (uint)(port.Integer("target") ?? 0),
        Published = (uint)(port.Integer("published") ?? 0),
        Protocol = port.Word("protocol", path, "tcp", "udp", "sctp") ?? "tcp",
        HostAddress = port.Text("host_ip"),
        Place = port.Place,
    };

    private static ComposeNetworkUse NetworkUse(YamlEntry entry)
    {
        Fields use = Fields.Of(entry);
        return new()
        {
            Network = entry.Key,
            Aliases = use.Texts("aliases"),
            DriverOptions = use.Pairs("driver_opts"),
            Ipv4Address = use.Text("ipv4_address"),
            Ipv6Address = use.Text("ipv6_address"),
            Place = entry.Place,
        };
    }

    private static ComposeMount Mount(Fields mount)
    {
        Fields tmpfs = mount.Section("tmpfs");
        string[] groups = ["bind", "volume", "tmpfs", "image", "cluster"];
        return new()
        {
            Kind = mount.Text("type") ?? "",
            Source = mount.Text("source"),
            Target = mount.Text("target"),
            IsReadOnly = mount.Flag("read_only"),
            Consistency = mount.Text("consistency"),
            BindPropagation = mount.Section("bind").Text("propagation"),
            BindCreatesPath = mount.Section("bind").FlagOrNull("create_host_path"),
            VolumeIsNotCopied = mount.Section("volume").Flag("nocopy"),
            Subpath = mount.Section("volume").Text("subpath") ?? mount.Section("image").Text("subpath"),
            TmpfsBytes = tmpfs.Integer("size"),
            TmpfsMode = (uint?)tmpfs.Integer("mode"),
            OptionGroups = [.. groups.Where(mount.Has)],
            Place = mount.Place,
        };
    }

    private static ComposeFileUse FileUse(Fields use) => new()
    {
        Source = use.Text("source") ?? "",
        Target = use.Text("target"),
        Uid = use.Text("uid"),
        Gid = use.Text("gid"),
        Mode = (uint?)use.Integer("mode"),
        Place = use.Place,
    };

    private static ComposeHealth Health(Fields health) => new()
    {
        IsDisabled = health.Flag("disable"),
        Test = health.Texts("test"),
        IntervalNanoseconds = health.Nanoseconds("interval"),
        TimeoutNanoseconds = health.Nanoseconds("timeout"),
        StartPeriodNanoseconds = health.Nanoseconds("start_period"),
        StartIntervalNanoseconds = health.Nanoseconds("start_interval"),
        Retries = Fields.UnsignedOrNull(health.Integer("retries")),
        Place = health.Place,
    };

    private static ComposeStartGate Gate(YamlEntry entry)
    {
        Fields gate = Fields.Of(entry);
        return new(
            entry.Key, gate.Text("condition") ?? "service_started", gate.FlagOrNull("required") ?? true, entry.Place);
    }

    private static ComposeUlimit Ulimit(YamlEntry entry)
    {
        if (entry.Value is YamlInteger both)
        {
            return new(both.Value, both.Value);
        }

        Fields limit = Fields.Of(entry);
        return new(limit.Integer("soft") ?? 0, limit.Integer("hard") ?? 0);
    }
}
