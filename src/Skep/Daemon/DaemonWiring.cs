using Skep.Agent;
using Skep.Agent.Containerd;
using Skep.Daemon.Options;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>The whole daemon, put together from top to bottom.</summary>
public static class DaemonWiring
{
    /// <summary>Runs until a signal or a request ends it.</summary>
    public static async Task RunAsync(
        DaemonOptions options, string[] arguments, StopSignals signals, TimeProvider time, Log log)
    {
        CancellationToken stop = signals.Stop;
        var instance = new Instance(options.DataRoot, options.ExecRoot);
        ServiceNotice notice = ServiceNotice.FromEnvironment(log);
        Announce(options, instance, log);

        DaemonDirectories.Create(instance);
        using RootLock dataLock = RootLock.Take(instance.DataRoot, "data-root");
        using RootLock runLock = RootLock.Take(instance.ExecRoot, "exec-root");
        using PidFile pidFile = PidFile.Write(options.PidFile);
        using TlsCertificates? certificates = options.Tls is { } files ? TlsCertificates.Load(files) : null;

        using ContainerdProcess containerd = await ContainerdProcess.StartAsync(
            instance, Containerd(options), time, log, stop);

        notice.Ready();
        log.Info("the daemon serves", ("instance", instance.Name));
        await Supervise.RunAsync([containerd.RunAsync], stop);
        notice.Stopping();
        if (!options.LiveRestore)
        {
            await containerd.StopAsync(CancellationToken.None);
        }
    }

    private static ContainerdOptions Containerd(DaemonOptions options) => new()
    {
        Address = options.ContainerdAddress,
        LogLevel = options.LogLevel == Severity.Debug ? "debug" : "warn",
        OomScoreAdjust = options.OomScoreAdjust ?? 0,
    };

    private static void Announce(DaemonOptions options, Instance instance, Log log)
    {
        log.Info(
            "the daemon starts",
            ("instance", instance.Name), ("dataRoot", instance.DataRoot), ("execRoot", instance.ExecRoot));
        foreach (DaemonFlag flag in options.WithoutEffect)
        {
            log.Warn($"--{flag.Name} is accepted and changes nothing here", ("reason", flag.WithoutEffect));
        }

        if (options.Tls is null)
        {
            foreach (HostAddress host in options.Hosts.Where(host => host.IsTcp))
            {
                log.Warn(
                    "THE API IS SERVED WITHOUT TLS: whoever reaches this address is root on this machine",
                    ("address", host));
            }
        }
    }
}
