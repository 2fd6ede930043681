using Skep.Daemon.Options;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>Reads the configuration again at each SIGHUP, and takes over what can change meanwhile.</summary>
internal sealed class Reloading(string[] arguments, DaemonOptions options, StopSignals signals, Log log)
{
    private DaemonOptions current = options;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await signals.NextReloadAsync(stop);
            try
            {
                if (DaemonCommandLine.Read(arguments, TextWriter.Null) is var (wanted, _))
                {
                    Apply(wanted);
                }
            }
            catch (RefusedException e)
            {
                log.Error("the configuration is refused and the old one stays", ("reason", e.Message));
            }
        }
    }

    private void Apply(DaemonOptions wanted)
    {
        log.Least = wanted.LogLevel;
        string[] waiting = [.. NeedRestart(current, wanted)];
        current = current with { LogLevel = wanted.LogLevel };
        log.Info("read the configuration again", ("logLevel", wanted.LogLevel.ToString().ToLowerInvariant()));
        if (waiting.Length > 0)
        {
            log.Warn("these changes wait for a restart of the daemon", ("settings", string.Join(',', waiting)));
        }
    }

    internal static IEnumerable<string> NeedRestart(DaemonOptions old, DaemonOptions wanted)
    {
        IEnumerable<(string Name, string Old, string Wanted)> settings =
        [
            ("data-root", old.DataRoot, wanted.DataRoot),
            ("exec-root", old.ExecRoot, wanted.ExecRoot),
            ("pidfile", old.PidFile, wanted.PidFile),
            ("labels", string.Join('\n', old.Labels), string.Join('\n', wanted.Labels)),
            ("hosts", string.Join('\n', old.Hosts), string.Join('\n', wanted.Hosts)),
            ("group", $"{old.SocketGroup}", $"{wanted.SocketGroup}"),
            ("tls", $"{old.Tls}", $"{wanted.Tls}"),
            ("containerd", $"{old.ContainerdAddress}", $"{wanted.ContainerdAddress}"),
            ("storage-driver", old.Snapshotter, wanted.Snapshotter),
            ("live-restore", $"{old.LiveRestore}", $"{wanted.LiveRestore}"),
            ("shutdown-timeout", $"{old.ShutdownTimeoutSeconds}", $"{wanted.ShutdownTimeoutSeconds}"),
            ("metrics-addr", $"{old.MetricsAddress}", $"{wanted.MetricsAddress}"),
            ("networks", Describe(old.Network), Describe(wanted.Network)),
            ("registries", Describe(old.Registries), Describe(wanted.Registries)),
            ("containers", Describe(old.Containers), Describe(wanted.Containers)),
        ];
        return settings.Where(setting => setting.Old != setting.Wanted).Select(setting => setting.Name);
    }

    // A record's own text shows an array as its type: the elements are what may differ.
    private static string Describe(NetworkDefaults network) => string.Join(
        '\n',
        network with { AddressPools = [], DnsServers = [], DnsSearch = [], DnsOptions = [] },
        string.Join(',', network.AddressPools),
        string.Join(',', network.DnsServers),
        string.Join(',', network.DnsSearch),
        string.Join(',', network.DnsOptions));

    private static string Describe(RegistrySettings registries) => string.Join(
        '\n',
        registries with { Insecure = [], Mirrors = [] },
        string.Join(',', registries.Insecure),
        string.Join(',', registries.Mirrors));

    private static string Describe(ContainerDefaults containers) => string.Join(
        '\n',
        containers with { Ulimits = [] },
        string.Join(',', containers.Ulimits),
        string.Join(',', containers.LogOptions),
        string.Join(',', containers.Runtimes));
}
