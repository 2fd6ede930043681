namespace Skep.Engine;

/// <summary>The bounds of the HTTP side. Strangers reach it, so nothing here is without one.</summary>
internal static class HttpLimits
{
    /// <summary>Bytes of a JSON body.</summary>
    public const int JsonBytes = 4 * 1024 * 1024;

    /// <summary>Levels of a JSON body.</summary>
    public const int JsonDepth = 32;

    /// <summary>Open connections of one listener.</summary>
    public const int Connections = 4096;

    /// <summary>Requests at work that only look: above what many clients polling at once need.</summary>
    public const int Reads = 400;

    /// <summary>Requests at work that change something; stop and restart hold theirs for the grace time.</summary>
    public const int Writes = 400;

    /// <summary>Long streams: attach, exec, logs, events, stats, wait, archives. Well below the connections.</summary>
    public const int Streams = 2048;

    /// <summary>Seconds after which a client that was sent away for load may come again.</summary>
    public const int RetryAfterSeconds = 1;

    /// <summary>For the whole head of a request.</summary>
    public static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>An idle connection between two requests: Kestrel's own number.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);

    /// <summary>For the TLS handshake.</summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks whether a client that sends no more still listens.</summary>
    public static readonly TimeSpan PeerCheck = TimeSpan.FromMilliseconds(500);

    /// <summary>For a client to close after its taken-over connection got the last byte.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>For runc and tini to tell their version.</summary>
    public static readonly TimeSpan ProgramAnswer = TimeSpan.FromSeconds(5);

    /// <summary>For requests at work when the server stops.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(5);
}
