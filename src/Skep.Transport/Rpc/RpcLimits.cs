namespace Skep.Transport.Rpc;

/// <summary>Bounds of what a peer may send and hold.</summary>
public static class RpcLimits
{
    /// <summary>
    /// Bytes of an answer. A node is given everything at once when it comes: hundreds of secrets of 500 KB, or 100,000
    /// tasks, fit. SwarmKit's nodes take any size, containerd's answers are at most 16 MiB.
    /// </summary>
    public const int MessageBytesMax = 256 << 20;

    /// <summary>Bytes a stream may have under way; layers are read in messages of up to 1 MiB.</summary>
    public const int StreamWindowBytes = 2 << 20;

    /// <summary>Bytes of a request, as SwarmKit has it (GRPCMaxMsgSize). Known before anything is decoded.</summary>
    public const int RequestBytesMax = 4 << 20;

    /// <summary>Bytes of a request of a caller without a certificate: a signing request and a token.</summary>
    public const int AnonymousRequestBytesMax = 64 << 10;

    /// <summary>Bytes that one call may have under way to a server before the server has read them.</summary>
    public const int ServerStreamWindowBytes = 512 << 10;

    /// <summary>Bytes that one connection may have under way to a server.</summary>
    public const int ServerConnectionWindowBytes = 1 << 20;

    /// <summary>Calls at once on one connection. A follower sends all calls of its nodes over one.</summary>
    public const int CallsPerConnectionMax = 10_000;

    /// <summary>Calls at once on a connection of a worker: a session and its streams need less than ten.</summary>
    public const int WorkerCallsMax = 128;

    /// <summary>Calls at once on a connection without a certificate.</summary>
    public const int AnonymousCallsMax = 8;

    /// <summary>Open connections of one listener.</summary>
    public const int ConnectionsMax = 4096;

    /// <summary>Connections that one remote address may have open: many nodes may share one.</summary>
    public const int ConnectionsPerAddressMax = 512;

    /// <summary>Connections without a certificate, of all addresses together.</summary>
    public const int AnonymousConnectionsMax = 1024;

    /// <summary>TLS handshakes at once, of all addresses together.</summary>
    public const int HandshakesMax = 1024;

    /// <summary>TLS handshakes at once from one address.</summary>
    public const int HandshakesPerAddressMax = 64;

    /// <summary>
    /// From the accepted connection to the end of the TLS handshake (reliability: half-open handshakes).
    /// </summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    /// <summary>From the end of the TLS handshake to HTTP/2's first words.</summary>
    public static readonly TimeSpan Preface = TimeSpan.FromSeconds(5);

    /// <summary>A request's headers, from their first byte to their last.</summary>
    public static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>The one message of a call that has one, from the call's headers to its last byte.</summary>
    public static readonly TimeSpan RequestArrival = TimeSpan.FromSeconds(30);

    /// <summary>A client may allow its call more; a timer may not last 50 days.</summary>
    public static readonly TimeSpan DeadlineMax = TimeSpan.FromDays(30);

    /// <summary>A connection without a call is closed after it; clients open a new one without being asked.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(130);

    /// <summary>Time for calls at work to end when the server stops.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(2);

    /// <summary>To a TCP connection and a TLS handshake with a peer.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>Sent data that the peer's kernel does not acknowledge for so long ends the connection.</summary>
    public static readonly TimeSpan Unacknowledged = TimeSpan.FromSeconds(10);

    /// <summary>Characters of a peer's address or status text that are kept.</summary>
    public const int TextCharactersMax = 4096;
}
