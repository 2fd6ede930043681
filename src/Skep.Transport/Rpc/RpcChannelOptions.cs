using System.Net.Security;

namespace Skep.Transport.Rpc;

/// <summary>How a channel to another node connects.</summary>
public sealed record RpcChannelOptions
{
    /// <summary>Asked at every new connection, so that it is made with the newest certificate and roots.</summary>
    public required Func<SslClientAuthenticationOptions> Tls { get; init; }

    /// <summary>
    /// How long a connection with calls may be silent before it is pinged, and then how long until it is given up.
    /// Null: no pings; Docker's managers end connections that ping them more than once in five minutes.
    /// </summary>
    public TimeSpan? KeepAlive { get; init; }
}
