using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Engine.Connections;

/// <summary>Where the engine listens.</summary>
public sealed record EngineAddress
{
    private EngineAddress(EndPoint endPoint) => EndPoint = endPoint;

    public EndPoint EndPoint { get; }

    /// <summary>Group that may use a unix socket; null, or a group that does not exist: root alone.</summary>
    public string? Group { get; private init; }

    /// <summary>Null: plain.</summary>
    public TlsSettings? Tls { get; private init; }

    public static EngineAddress Unix(string path, string? group) =>
        new(new UnixDomainSocketEndPoint(path)) { Group = group };

    public static EngineAddress Tcp(IPEndPoint endPoint, TlsSettings? tls) => new(endPoint) { Tls = tls };

    public override string ToString() => EndPoint is IPEndPoint ? $"tcp://{EndPoint}" : $"unix://{EndPoint}";
}

/// <summary>Who we are to clients, and whom we let in.</summary>
public sealed record TlsSettings
{
    /// <summary>With its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Certificates between ours and the authority, for clients to see.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Clients must show a certificate of one of these; null: every client is let in.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }
}
