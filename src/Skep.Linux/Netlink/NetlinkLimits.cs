namespace Skep.Linux.Netlink;

internal static class NetlinkLimits
{
    /// <summary>One datagram of an answer; the kernel's dumps use at most 32 KiB.</summary>
    public const int ReceiveBytes = 64 * 1024;

    /// <summary>Kernel buffers of a socket: a batch of a thousand services is about 1 MiB.</summary>
    public const int SocketBytes = 8 * 1024 * 1024;

    /// <summary>The kernel answers in milliseconds; one that does not answer at all must not hang the daemon.</summary>
    public const int AnswerSeconds = 30;

    /// <summary>How often an interrupted listing is asked for again.</summary>
    public const int DumpAttempts = 5;
}
