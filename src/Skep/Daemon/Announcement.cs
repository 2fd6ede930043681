using Skep.Agent;
using Skep.Daemon.Options;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>The first lines of the log: who starts, and what its user should know of the options.</summary>
internal static class Announcement
{
    public static void Write(DaemonOptions options, Instance instance, Log log)
    {
        log.Info(
            "the daemon starts",
            ("version", ProgramVersion.Text),
            ("instance", instance.Name),
            ("dataRoot", instance.DataRoot),
            ("execRoot", instance.ExecRoot),
            ("config", options.ConfigFile ?? "none"));
        foreach (DaemonFlag flag in options.WithoutEffect)
        {
            log.Warn($"--{flag.Name} is accepted and changes nothing here", ("reason", flag.WithoutEffect));
        }

        foreach (HostAddress host in options.Hosts.Where(host => host.IsTcp && options.Tls is null))
        {
            log.Warn(
                "THE API IS SERVED WITHOUT TLS: whoever reaches this address is root on this machine",
                ("address", host));
        }
    }
}
