namespace Skep.Agent.Names;

internal static class DnsLimits
{
    /// <summary>Bytes of a question: a name of 255 with its header and options is far below.</summary>
    public const int QueryBytes = 4096;

    /// <summary>Bytes of an answer over UDP to a caller who says nothing about it (RFC 1035 section 2.3.4).</summary>
    public const int PlainUdpBytes = 512;

    /// <summary>The largest DNS message: its length has 16 bits over TCP.</summary>
    public const int MessageBytes = 65535;

    /// <summary>
    /// Questions of one container that wait for an upstream at a time; those beyond are answered SERVFAIL.
    /// </summary>
    public const int ForwardsPerContainer = 128;

    /// <summary>Questions of all containers that wait for an upstream; each holds a socket.</summary>
    public const int Forwards = 1024;

    /// <summary>TCP connections of one container; more wait in the backlog.</summary>
    public const int ConnectionsPerContainer = 16;

    /// <summary>Upstreams asked about one question; resolv.conf allows as many (MAXNS).</summary>
    public const int UpstreamAttempts = 3;

    /// <summary>Seconds that an answer may be remembered; Docker's number.</summary>
    public const uint TimeToLiveSeconds = 600;

    /// <summary>How long one upstream may take; Docker's number.</summary>
    public static readonly TimeSpan UpstreamTime = TimeSpan.FromSeconds(4);

    /// <summary>How long a TCP connection may be silent.</summary>
    public static readonly TimeSpan ConnectionSilence = TimeSpan.FromSeconds(10);
}
