namespace Skep.Agent.Network;

internal static class NetworkLimits
{
    /// <summary>
    /// How many ephemeral ports held by other programs are passed over before giving up; Docker's number.
    /// </summary>
    public const int PortAttempts = 10;

    /// <summary>Published ports of one container: a range over all ports of both protocols and families fits.</summary>
    public const int PortsPerContainer = 4 * 65536;

    /// <summary>A bridge of Linux has 1024 ports (net/bridge/br_private.h, BR_MAX_PORTS).</summary>
    public const int EndpointsPerBridge = 1023;

    /// <summary>A file of a network or of a live sandbox that is larger than this was not written by us.</summary>
    public const int RecordBytes = 4 * 1024 * 1024;

    /// <summary>Entries sent in one go: their acknowledgements must fit into the socket's buffer.</summary>
    public const int EntriesPerBatch = 200;

    /// <summary>
    /// Sandboxes whose links are removed in one go: nothing else about links can be changed meanwhile, by anybody.
    /// </summary>
    public const int RemovedTogether = 100;

    /// <summary>Between two attempts to make what the kernel has just refused.</summary>
    public static readonly TimeSpan OverlayRetry = TimeSpan.FromSeconds(1);

    /// <summary>Between two comparisons of overlay networks with what the kernel has.</summary>
    public static readonly TimeSpan OverlayRepair = TimeSpan.FromSeconds(30);
}
