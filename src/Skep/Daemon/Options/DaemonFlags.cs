namespace Skep.Daemon.Options;

/// <summary>Every flag of <c>skep daemon</c>, and every key of its configuration file.</summary>
public static class DaemonFlags
{
    private const string NoProxy = "published ports are served by the kernel, without a proxy process";
    private const string NoIptables = "Skep keeps its rules in nftables, in a table of its own";
    private const string NoPush = "push, plugins and build are not part of this version";
    private const string NoStore = "the swarm keeps its state itself, without a store beside it";
    private const string NoGossip = "there is no gossip between nodes";

    public static IReadOnlyList<DaemonFlag> All { get; } =
    [
        .. Program, .. Api, .. Swarm, .. Networks, .. Images, .. Containers, .. AcceptedOnly,
    ];

    /// <summary>The flag that goes by this name on the command line or in the file; null: none does.</summary>
    public static DaemonFlag? OfKey(string key) =>
        All.FirstOrDefault(flag => !flag.IsFlagOnly && (flag.Key == key || flag.Alias == key));

    private static DaemonFlag[] Program =>
    [
        new("config-file", FlagKind.Text, "Daemon configuration file") { IsFlagOnly = true },
        new("validate", FlagKind.Bool, "Validate daemon configuration and exit") { IsFlagOnly = true },
        new("data-root", FlagKind.Text, "Root directory of persistent state") { Short = "g", Alias = "graph" },
        new("exec-root", FlagKind.Text, "Root directory for execution state files"),
        new("pidfile", FlagKind.Text, "Path to use for daemon PID file") { Short = "p" },
        new("debug", FlagKind.Bool, "Enable debug mode") { Short = "D" },
        new("log-level", FlagKind.Text, "Set the logging level (debug, info, warn, error, fatal)") { Short = "l" },
        new("label", FlagKind.List, "Set key=value labels to the daemon") { Key = "labels" },
        new("containerd", FlagKind.Text, "Address of a containerd to use instead of a private one"),
        new("default-ipc-mode", FlagKind.Text, "IPC namespace of containers that do not say: private or shareable"),
        new("default-cgroupns-mode", FlagKind.Text, "Cgroup namespace of containers that do not say: private or host"),
        new("userland-proxy", FlagKind.Bool, "Serve IPv6 callers of containers without IPv6 (default true)"),
        new("live-restore", FlagKind.Bool, "Leave containers running when the daemon ends (default true)"),
        new("shutdown-timeout", FlagKind.Number, "Seconds that containers have to stop with the daemon"),
        new("oom-score-adjust", FlagKind.Number, "Set the oom_score_adj for the daemon"),
        new("metrics-addr", FlagKind.Text, "Address and port to serve metrics on"),
        new("storage-driver", FlagKind.Text, "Storage driver to use (overlay2, vfs)") { Short = "s" },
    ];

    private static DaemonFlag[] Api =>
    [
        new("host", FlagKind.List, "Daemon socket(s) to listen on") { Short = "H", Key = "hosts" },
        new("group", FlagKind.Text, "Group for the unix socket") { Short = "G" },
        new("tls", FlagKind.Bool, "Use TLS; implied by --tlsverify"),
        new("tlsverify", FlagKind.Bool, "Use TLS and verify the remote"),
        new("tlscacert", FlagKind.Text, "Trust certs signed only by this CA"),
        new("tlscert", FlagKind.Text, "Path to TLS certificate file"),
        new("tlskey", FlagKind.Text, "Path to TLS key file"),
    ];

    private static DaemonFlag[] Swarm =>
    [
        new("swarm-default-advertise-addr", FlagKind.Text, "Default address or interface for swarm advertised address"),
        new("node-generic-resource", FlagKind.List, "Advertise user-defined resource")
        {
            Key = "node-generic-resources",
        },
    ];

    private static DaemonFlag[] Networks =>
    [
        new("bip", FlagKind.Text, "Address and prefix of the default bridge"),
        new("mtu", FlagKind.Number, "MTU of the default network"),
        new("ip", FlagKind.Text, "Default host address when publishing container ports"),
        new("dns", FlagKind.List, "DNS server to use"),
        new("dns-opt", FlagKind.List, "DNS options to use") { Key = "dns-opts" },
        new("dns-search", FlagKind.List, "DNS search domains to use"),
        new("default-address-pool", FlagKind.Pools, "Default address pools for local networks")
        {
            Key = "default-address-pools",
        },
    ];

    private static DaemonFlag[] Images =>
    [
        new("insecure-registry", FlagKind.List, "Enable insecure registry communication")
        {
            Key = "insecure-registries",
        },
        new("registry-mirror", FlagKind.List, "Preferred registry mirror") { Key = "registry-mirrors" },
    ];

    private static DaemonFlag[] Containers =>
    [
        new("cgroup-parent", FlagKind.Text, "Set parent cgroup for all containers"),
        new("exec-opt", FlagKind.List, "Runtime execution options") { Key = "exec-opts" },
        new("add-runtime", FlagKind.Runtimes, "Register an additional OCI compatible runtime")
        {
            Key = "runtimes",
            IsMerged = true,
        },
        new("default-runtime", FlagKind.Text, "Default OCI runtime for containers"),
        new("default-ulimit", FlagKind.Ulimits, "Default ulimits for containers") { Key = "default-ulimits" },
        new("default-shm-size", FlagKind.Text, "Default shm size for containers"),
        new("init", FlagKind.Bool, "Run an init in the container to forward signals and reap processes"),
        new("init-path", FlagKind.Text, "Path to the docker-init binary"),
        new("log-driver", FlagKind.Text, "Default driver for container logs (json-file, none)"),
        new("log-opt", FlagKind.Map, "Default log driver options for containers") { Key = "log-opts" },
        new("no-new-privileges", FlagKind.Bool, "Set no-new-privileges by default for new containers"),
        new("seccomp-profile", FlagKind.Text, "Default seccomp profile of containers: a file, builtin or unconfined"),
    ];

    private static DaemonFlag[] AcceptedOnly =>
    [
        Idle("experimental", FlagKind.Bool, "there are no experimental features"),
        Idle("raw-logs", FlagKind.Bool, "the log is always written with full timestamps and without colours"),
        Idle("iptables", FlagKind.Bool, NoIptables),
        Idle("ip6tables", FlagKind.Bool, NoIptables),
        Idle("ip-masq", FlagKind.Bool, "masquerading is an option of each network"),
        Idle("ip-forward", FlagKind.Bool, "forwarding is always switched on for the bridges"),
        Idle("ip-forward-no-drop", FlagKind.Bool, "Skep does not change the machine's FORWARD policy"),
        Idle("icc", FlagKind.Bool, "communication within a bridge is an option of each network"),
        Idle("ipv6", FlagKind.Bool, "IPv6 is an option of each network"),
        Idle("fixed-cidr", FlagKind.Text, "the default bridge gives addresses from its whole subnet"),
        Idle("fixed-cidr-v6", FlagKind.Text, "IPv6 is an option of each network"),
        Idle("default-gateway", FlagKind.Text, "the default bridge is its containers' gateway"),
        Idle("default-gateway-v6", FlagKind.Text, "the default bridge is its containers' gateway"),
        Idle("bridge", FlagKind.Text, "the default bridge is always there") with { Short = "b" },
        Idle("max-concurrent-downloads", FlagKind.Number, "a pull loads three layers at once"),
        Idle("max-download-attempts", FlagKind.Number, "a layer is tried five times"),
        Idle("userland-proxy-path", FlagKind.Text, NoProxy),
        Idle("allow-direct-routing", FlagKind.Bool, "routing to containers is not filtered"),
        Idle("host-gateway-ip", FlagKind.List, "host-gateway is the default bridge's address") with
        {
            Key = "host-gateway-ips",
        },
        Idle("network-control-plane-mtu", FlagKind.Number, NoGossip),
        Idle("network-diagnostic-port", FlagKind.Number, NoGossip),
        Idle("cluster-store", FlagKind.Text, NoStore),
        Idle("cluster-advertise", FlagKind.Text, NoStore),
        Idle("cluster-store-opt", FlagKind.Map, NoStore) with { Key = "cluster-store-opts" },
        Idle("storage-opt", FlagKind.List, "containerd's snapshotters take no options") with { Key = "storage-opts" },
        Idle("max-concurrent-uploads", FlagKind.Number, NoPush),
        Idle("allow-nondistributable-artifacts", FlagKind.List, NoPush),
        Idle("cri-containerd", FlagKind.Bool, "the private containerd serves Skep only"),
        Idle("containerd-namespace", FlagKind.Text, "the containerd namespace carries the instance's name"),
        Idle("containerd-plugins-namespace", FlagKind.Text, NoPush),
        Idle("restart", FlagKind.Bool, "restart policies decide which containers start again") with { Short = "r" },
        Idle("api-cors-header", FlagKind.Text, "the API answers no requests of other web sites"),
        Idle("default-network-opt", FlagKind.Map, "options are given to each network") with
        {
            Key = "default-network-opts",
        },
        Idle("feature", FlagKind.Map, "there are no optional features") with { Key = "features" },
        Idle("builder", FlagKind.Map, NoPush),
        Idle("cdi-spec-dir", FlagKind.List, "container device interface is not supported") with
        {
            Key = "cdi-spec-dirs",
        },
    ];

    private static DaemonFlag Idle(string name, FlagKind kind, string reason) =>
        new(name, kind, "Accepted for compatibility: " + reason) { WithoutEffect = reason };
}
