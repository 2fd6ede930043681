using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>The keys of a service, in the order in which Docker prints them.</summary>
internal static class ServiceKeys
{
    private const int Spec = Reading.Specification;

    private const string NotInServices = "a service has no such option: it is left out";
    private const string OnlyDeploy = "a service has no such option: set resource limits using deploy.resources";

    public static SectionShape Make() => new([.. First(), .. Second(), .. SpecificationOnly()])
    {
        ExtrasSince = 7,
        Finish = EnvironmentFiles.Resolve,
    };

    private static IEnumerable<Key> First() =>
    [
        new("build", Build, 0) { Unused = "images are not built: the image must be in a registry or on the nodes" },
        new("cap_add", new TextListShape(), 0),
        new("cap_drop", new TextListShape(), 0),
        new("cgroupns_mode", new TextShape(), 9) { Unused = NotInServices, UsedSince = Spec },
        new("cgroup_parent", new TextShape(), 0) { Unused = NotInServices, UsedSince = Spec },
        new("command", new CommandShape(), 0),
        new("configs", FileUses(), 3),
        new("container_name", new TextShape(), 0) { Unused = "Setting the container name is not supported." },
        new("credential_spec", CredentialSpec, 3),
        new("depends_on", new DependsOnShape(), 0)
        {
            Unused = "version 3 does not hold starts back: leave the key `version` out to wait for what is named here",
            UsedSince = Spec,
        },
        new("deploy", DeployKeys.Make(), 0),
        new("devices", new DevicesShape(), 0) { Unused = NotInServices, UsedSince = Spec },
        new("dns", new TextListShape { TakesOne = true }, 0),
        new("dns_opt", new TextListShape(), Spec),
        new("dns_search", new TextListShape { TakesOne = true }, 0),
        new("domainname", new TextShape(), 0) { Unused = NotInServices },
        new("entrypoint", new CommandShape(), 0),
        new("environment", new PairsShape { KeepsNull = true }, 0),
        new("env_file", new EnvironmentFiles(), 0),
        new("expose", new TextListShape { TakesNumbers = true }, 0)
        {
            Unused = "Exposing ports is unnecessary - services on the same network can access each other's containers "
                + "on any port.",
        },
        new("external_links", new TextListShape(), 0) { Unused = NotInServices },
        new("extra_hosts", new HostsShape(), 0),
        new("hostname", new TextShape(), 0),
        new("healthcheck", Health, 0) { ShowsEmpty = true },
        new("image", new TextShape(), 0),
        new("init", new FlagShape(), 7) { ShowsEmpty = true },
    ];

    private static IEnumerable<Key> Second() =>
    [
        new("ipc", new TextShape(), 0) { Unused = NotInServices, UsedSince = Spec },
        new("isolation", new TextShape(), 5),
        new("labels", new PairsShape(), 0),
        new("links", new TextListShape(), 0)
        {
            Unused = "services reach each other by their names: links are left out",
        },
        new("logging", Logging, 0) { ShowsEmpty = true },
        new("mac_address", new TextShape(), 0) { Unused = NotInServices },
        new("network_mode", new TextShape(), 0) { Unused = "services use networks: write `networks` instead" },
        new("networks", new UsesShape(NetworkUse), 0),
        new("pid", new TextShape { TakesNull = true }, 0) { Unused = NotInServices, UsedSince = Spec },
        new("ports", new PortsShape(), 0),
        new("privileged", new FlagShape(), 0) { Unused = NotInServices, UsedSince = Spec },
        new("read_only", new FlagShape(), 0),
        new("restart", new RestartShape(), 0),
        new("secrets", FileUses(), 1),
        new("security_opt", new SecurityOptionsShape(), 0) { Unused = NotInServices, UsedSince = Spec },
        new("shm_size", new BytesShape { KeepsText = true }, 0),
        new("stdin_open", new FlagShape(), 0),
        new("stop_grace_period", new DurationShape(), 0),
        new("stop_signal", new TextShape(), 0),
        new("sysctls", new PairsShape(), 0),
        new("tmpfs", new TextListShape { TakesOne = true }, 0),
        new("tty", new FlagShape(), 0),
        new("ulimits", new NamedShape(new UlimitShape()) { TakesSmallLettersOnly = true }, 0),
        new("user", new TextShape { TakesNumbers = true }, 0),
        new("oom_score_adj", new IntegerShape(), 13),
        new("userns_mode", new TextShape(), 0) { Unused = NotInServices },
        new("volumes", MountsShape.Make(), 0),
        new("working_dir", new TextShape(), 0),
    ];

    /// <summary>Keys that no version 3 has.</summary>
    private static IEnumerable<Key> SpecificationOnly() =>
    [
        new("cgroup", new TextShape(), Spec),
        new("cpus", new TextShape { TakesNumbers = true }, Spec),
        new("device_cgroup_rules", new TextListShape(), Spec),
        new("extends", new AnyShape(), Spec),
        new("group_add", new TextListShape { TakesNumbers = true }, Spec),
        new("mem_limit", new BytesShape(), Spec),
        new("mem_reservation", new BytesShape(), Spec),
        new("pids_limit", new IntegerShape(), Spec),
        new("profiles", new TextListShape(), Spec),
        new("scale", new IntegerShape { Least = 0 }, Spec) { ShowsEmpty = true },
        new("uts", new TextShape(), Spec),
        .. new[]
        {
            "annotations", "attach", "blkio_config", "cpu_count", "cpu_percent", "cpu_period", "cpu_rt_period",
            "cpu_rt_runtime", "develop", "gpus", "label_file", "models", "oom_kill_disable", "platform", "post_start",
            "pre_start", "pre_stop", "provider", "pull_policy", "pull_refresh_after", "runtime", "storage_opt",
            "use_api_socket", "volumes_from",
        }.Select(name => new Key(name, new AnyShape(), Spec) { Unused = NotInServices }),
        .. new[] { "cpu_quota", "cpu_shares", "cpuset", "mem_swappiness", "memswap_limit" }
            .Select(name => new Key(name, new AnyShape(), Spec) { Unused = OnlyDeploy }),
    ];

    private static readonly SectionShape Build = new(
    [
        new("context", new TextShape(), 0),
        new("dockerfile", new TextShape(), 0),
        new("args", new PairsShape { KeepsNull = true }, 0),
        new("labels", new PairsShape(), 3),
        new("cache_from", new TextListShape(), 2),
        new("extra_hosts", new HostsShape(), 9),
        new("network", new TextShape(), 4),
        new("target", new TextShape(), 4),
        new("shm_size", new AnyShape(), 5),
        .. new[]
        {
            "additional_contexts", "cache_to", "dockerfile_inline", "entitlements", "isolation", "no_cache",
            "platforms", "privileged", "provenance", "pull", "sbom", "secrets", "ssh", "tags", "ulimits",
        }.Select(name => new Key(name, new AnyShape(), Spec)),
    ])
    {
        OpenSince = 11,
        ExtrasSince = 11,
        Expected = "a string or mapping",
        ShortForm = (node, _, _) =>
            node is YamlText ? new YamlMap([new("context", node.Place, node)], node.Place) : null,
    };

    private static readonly SectionShape CredentialSpec = new(
    [
        new("config", new TextShape(), 8),
        new("file", new TextShape(), 3),
        new("registry", new TextShape(), 3),
    ])
    {
        ExtrasSince = Spec,
    };

    private static readonly SectionShape Health = new(
    [
        new("test", new HealthTestShape(), 0),
        new("timeout", new DurationShape(), 0) { ShowsEmpty = true },
        new("interval", new DurationShape(), 0) { ShowsEmpty = true },
        new("retries", new IntegerShape { Least = 0 }, 0) { ShowsEmpty = true },
        new("start_period", new DurationShape(), 4) { ShowsEmpty = true },
        new("start_interval", new DurationShape(), 12) { ShowsEmpty = true },
        new("disable", new FlagShape(), 0),
    ])
    {
        ExtrasSince = Spec,
    };

    private static readonly SectionShape Logging = new(
    [
        new("driver", new TextShape(), 0),
        new("options", new PairsShape(), 0),
    ])
    {
        ExtrasSince = Spec,
        OwnMerge = MergeLogging,
    };

    private static readonly SectionShape NetworkUse = new(
    [
        new("aliases", new TextListShape(), 0),
        new("driver_opts", new PairsShape(), 13),
        new("ipv4_address", new TextShape(), 0) { Unused = "a service has no fixed addresses: it is left out" },
        new("ipv6_address", new TextShape(), 0) { Unused = "a service has no fixed addresses: it is left out" },
        .. new[] { "gw_priority", "interface_name", "link_local_ips", "mac_address", "priority" }
            .Select(name => new Key(name, new AnyShape(), Spec) { Unused = NotInServices }),
    ])
    {
        KeepsNull = true,
        ExtrasSince = Spec,
        OwnMerge = (below, above) =>
            above.Entries.Aggregate(below.Without("aliases"), (all, entry) => all.With(entry.Key, entry.Value)),
    };

    /// <summary>Options of another driver mean nothing to this one.</summary>
    private static YamlMap? MergeLogging(YamlMap below, YamlMap above)
    {
        string lower = PlainText.Of(below["driver"] ?? new YamlNull(below.Place));
        string upper = PlainText.Of(above["driver"] ?? new YamlNull(above.Place));
        return lower.Length > 0 && upper.Length > 0 && lower != upper ? above : null;
    }

    private static SectionListShape FileUses() => new(
        new SectionShape(
        [
            new("source", new TextShape(), 1),
            new("target", new TextShape(), 1),
            new("uid", new TextShape { TakesNumbers = true }, 1),
            new("gid", new TextShape { TakesNumbers = true }, 1),
            new("mode", new ModeShape(), 1) { ShowsEmpty = true },
        ])
        {
            OpenSince = 0,
            ExtrasSince = 0,
            Expected = "a string or mapping",
            ShortForm = (node, _, _) =>
                node is YamlText ? new YamlMap([new("source", node.Place, node)], node.Place) : null,
        },
        use => PlainText.Of(use["source"] ?? new YamlNull(use.Place)));
}
