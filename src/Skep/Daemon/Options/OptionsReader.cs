using System.Collections.Immutable;
using System.Net;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>Makes options of settings: fills in defaults, and refuses what is wrong or contradicts itself.</summary>
public static partial class OptionsReader
{
    /// <param name="configFile">The file that was read; null: there is none.</param>
    public static DaemonOptions Read(Settings settings, string? configFile)
    {
        bool isDebug = settings.Bool("debug", false);
        string execRoot = FullPath(settings.Text("exec-root") ?? BuiltInDefaults.ExecRoot);
        bool isTls = settings.Bool("tls", false) || settings.IsSet("tlsverify");
        ImmutableArray<HostAddress> hosts = ReadHosts(settings, isTls);
        return new DaemonOptions
        {
            DataRoot = FullPath(settings.Text("data-root") ?? BuiltInDefaults.DataRoot),
            ExecRoot = execRoot,
            PidFile = FullPath(settings.Text("pidfile") ?? Path.Combine(execRoot, "skep.pid")),
            ConfigFile = configFile,
            LogLevel = isDebug ? Severity.Debug : ReadLogLevel(settings.Text("log-level") ?? "info"),
            Labels = ReadLabels(settings.List("label")),
            Hosts = hosts,
            SocketGroup = settings.Text("group"),
            Tls = ReadTls(settings, hosts),
            ContainerdAddress = ReadContainerd(settings.Text("containerd")),
            Snapshotter = ReadSnapshotter(settings.Text("storage-driver")),
            LiveRestore = settings.Bool("live-restore", true),
            ShutdownTimeoutSeconds = settings.Number("shutdown-timeout") ?? BuiltInDefaults.ShutdownTimeoutSeconds,
            OomScoreAdjust = ReadOomScore(settings.Number("oom-score-adjust")),
            MetricsAddress = ReadMetricsAddress(settings.Text("metrics-addr")),
            Network = ReadNetwork(settings),
            Registries = ReadRegistries(settings),
            Containers = ReadContainers(settings),
            Swarm = new SwarmDefaults(
                settings.Text("swarm-default-advertise-addr") ?? "",
                [.. settings.List("node-generic-resource")]),
            WithoutEffect = [.. settings.WithoutEffect()],
        };
    }

    private static string FullPath(string path) => Path.GetFullPath(path);

    private static Severity ReadLogLevel(string text) => text switch
    {
        "debug" or "trace" => Severity.Debug,
        "info" => Severity.Info,
        "warn" or "warning" => Severity.Warn,
        "error" => Severity.Error,
        "fatal" or "panic" => Severity.Fatal,
        _ => throw Refuse($"invalid logging level: {text}"),
    };

    private static ImmutableArray<string> ReadLabels(ImmutableArray<string> labels)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string label in labels)
        {
            int equals = label.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw Refuse($"bad attribute format: {label}");
            }

            (string key, string value) = (label[..equals], label[(equals + 1)..]);
            if (!seen.TryAdd(key, value) && seen[key] != value)
            {
                throw Refuse($"conflict labels for {key}={value} and {key}={seen[key]}");
            }
        }

        return [.. seen.Select(label => $"{label.Key}={label.Value}")];
    }

    private static ImmutableArray<HostAddress> ReadHosts(Settings settings, bool isTls)
    {
        ImmutableArray<string> given = settings.List("host");
        if (given.IsEmpty)
        {
            return [new HostAddress(BuiltInDefaults.SocketPath, null, 0)];
        }

        return [.. given.Select(host => HostAddress.Parse(host, isTls)).Distinct()];
    }

    // An API without TLS gives root to everybody who reaches its port: that takes two explicit words.
    private static TlsFiles? ReadTls(Settings settings, ImmutableArray<HostAddress> hosts)
    {
        bool isOff = settings.IsSet("tls") && !settings.Bool("tls", true);
        bool verifies = settings.Bool("tlsverify", !isOff);
        bool isAsked = settings.IsSet("tls") || settings.IsSet("tlsverify");
        if (isOff && settings.IsSet("tlsverify") && verifies)
        {
            throw Refuse("--tls=false and --tlsverify contradict each other");
        }

        if (isOff)
        {
            return null;
        }

        if (!verifies)
        {
            throw Refuse(
                "--tlsverify=false would serve everybody who reaches the port as root: "
                + "if that is wanted, say --tls=false");
        }

        HostAddress? open = hosts.FirstOrDefault(host => host.IsTcp);
        if (!isAsked && open is not null)
        {
            throw Refuse(
                $"{open} without TLS is refused, for whoever reaches it is root on this machine: give --tlsverify "
                + "with --tlscacert, --tlscert and --tlskey, or say --tls=false");
        }

        return isAsked ? ReadTlsFiles(settings) : null;
    }

    private static TlsFiles ReadTlsFiles(Settings settings)
    {
        string directory = Environment.GetEnvironmentVariable("DOCKER_CERT_PATH")
            ?? Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", ".docker");
        string Find(string flag, string name)
        {
            string path = FullPath(settings.Text(flag) ?? Path.Combine(directory, name));
            return File.Exists(path) ? path : throw Refuse($"--{flag}: there is no file {path}");
        }

        return new TlsFiles(Find("tlscacert", "ca.pem"), Find("tlscert", "cert.pem"), Find("tlskey", "key.pem"));
    }

    private static string? ReadContainerd(string? address)
    {
        const string scheme = "unix://";
        return address is null ? null
            : FullPath(address.StartsWith(scheme, StringComparison.Ordinal) ? address[scheme.Length..] : address);
    }

    private static string ReadSnapshotter(string? driver) => driver switch
    {
        null or "overlay2" or "overlay" or "overlayfs" => "overlayfs",
        "vfs" or "native" => "native",
        _ => throw Refuse($"storage driver '{driver}' is not supported: it must be overlay2 or vfs"),
    };

    private static int? ReadOomScore(int? score) => score is null or (>= -1000 and <= 1000)
        ? score
        : throw Refuse($"Invalid value {score}: oom score must be between -1000 and 1000");

    private static IPEndPoint? ReadMetricsAddress(string? text) =>
        text is null ? null
        : IPEndPoint.TryParse(text, out IPEndPoint? address) && address.Port > 0 ? address
        : throw Settings.Wrong("metrics-addr", text, "ADDRESS:PORT");

    private static RefusedException Refuse(string message) => new(ErrorKind.Invalid, message);
}
