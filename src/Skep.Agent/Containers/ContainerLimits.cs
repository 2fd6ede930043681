namespace Skep.Agent.Containers;

/// <summary>Bounds of the waits and tables of the container engine.</summary>
internal static class ContainerLimits
{
    /// <summary>How long a process may take to die of SIGKILL before that is an error (Docker's number).</summary>
    public static readonly TimeSpan KillWait = TimeSpan.FromSeconds(10);

    /// <summary>Grace after the stop signal for containers that do not say (Docker's number).</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>Before the next try to hear containerd's events after it went away.</summary>
    public static readonly TimeSpan ListenRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>How often containers are compared with what containerd says, as a net below its events.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    /// <summary>Between two looks for leftovers, once a start is some time ago.</summary>
    public static readonly TimeSpan SweepPauseMax = TimeSpan.FromMinutes(1);

    /// <summary>How long a finished exec can still be inspected.</summary>
    public static readonly TimeSpan ExecKept = TimeSpan.FromMinutes(5);

    /// <summary>Finished and running execs of one container; the oldest finished ones go first.</summary>
    public const int ExecCountMax = 1000;

    /// <summary>Bytes of passwd or group that are read: both come with the image.</summary>
    public const int UserFileBytesMax = 1 << 20;

    /// <summary>Files and directories that are looked at for a container's size.</summary>
    public const int SizeEntriesMax = 1_000_000;

    /// <summary>Containers started or adopted at once when the daemon starts.</summary>
    public const int StartsAtOnce = 4;
}
