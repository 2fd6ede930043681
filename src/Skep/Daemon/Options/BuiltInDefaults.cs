namespace Skep.Daemon.Options;

/// <summary>What the daemon uses when nothing else was said. docs/operations.md lists it.</summary>
public static class BuiltInDefaults
{
    public const string DataRoot = "/var/lib/skep";
    public const string ExecRoot = "/run/skep";
    public const string SocketPath = "/run/skep/skep.sock";
    public const string ConfigFile = "/etc/skep/daemon.json";

    /// <summary>Docker's defaults (moby, daemon/config).</summary>
    public const int ShutdownTimeoutSeconds = 15;
    public const long ShmBytes = 64 << 20;
    public const int Mtu = 1500;
}
