using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Skep.Transport.Rpc;

/// <summary>The other end of one connection, and what its certificate is worth now.</summary>
/// <remarks>
/// Also tells Kestrel that the connection is TLS and speaks HTTP/2. Thread-safe: the verdict is one reference that is
/// replaced, and computing it twice does no harm.
/// </remarks>
internal sealed class RpcPeer : ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private readonly ConnectionContext connection;
    private readonly X509Certificate2Collection more;
    private readonly PeerCertificate? subject;
    private readonly string remoteAddress;
    private Judgement judgement;
    private int callCount;

    /// <param name="more">What the peer sent beside its certificate.</param>
    public RpcPeer(
        ConnectionContext connection,
        X509Certificate2? certificate,
        X509Certificate2Collection more,
        PeerVerdict verdict,
        RpcIdentity identity)
    {
        this.connection = connection;
        this.more = more;
        ClientCertificate = certificate;
        subject = certificate is null ? null : PeerCertificate.Read(certificate);
        remoteAddress = connection.RemoteEndPoint is IPEndPoint ip ? ip.ToString() : "";
        judgement = Judge(identity, verdict);
    }

    public X509Certificate2? ClientCertificate { get; set; }

    public ReadOnlyMemory<byte> ApplicationProtocol => SslApplicationProtocol.Http2.Protocol;

    public int CallCount => Volatile.Read(ref callCount);

    /// <summary>Who calls, or why nobody of this swarm does.</summary>
    public RpcCaller? Caller(RpcIdentity identity, DateTimeOffset now, out string refusal)
    {
        Judgement current = judgement;
        if (!ReferenceEquals(current.Identity, identity))
        {
            PeerVerdict verdict = ClientCertificate is null
                ? PeerVerdict.Trusted
                : identity.Judge(ClientCertificate, more, isClient: true);
            judgement = current = Judge(identity, verdict);
        }

        refusal = current.Refusal;
        if (current.Caller is { IsExpired: false } && now >= current.NotAfter)
        {
            return current.Caller with { IsExpired = true };
        }

        return current.Caller;
    }

    public bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref callCount) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref callCount);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref callCount);

    public void Abort(string reason) => connection.Abort(new ConnectionAbortedException(reason));

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ClientCertificate);

    private Judgement Judge(RpcIdentity identity, PeerVerdict verdict)
    {
        if (subject is null)
        {
            return new Judgement(
                identity, new RpcCaller { RemoteAddress = remoteAddress }, "", DateTimeOffset.MaxValue);
        }

        string refusal = verdict == PeerVerdict.Refused
            ? "Permission denied: the certificate is not of this swarm"
            : subject.Cluster != identity.Cluster
                ? $"Permission denied: remote certificate not part of organization: {identity.Cluster.Value}"
                : subject.Node.Value.Length == 0 || subject.Role is null
                    ? "Permission denied: the certificate names no node or no role"
                    : "";
        RpcCaller? caller = refusal.Length > 0
            ? null
            : new RpcCaller
            {
                Node = subject.Node,
                Role = subject.Role,
                Cluster = subject.Cluster,
                RemoteAddress = remoteAddress,
                IsExpired = verdict == PeerVerdict.OutOfTime,
            };
        return new Judgement(identity, caller, refusal, ClientCertificate!.NotAfter.ToUniversalTime());
    }

    private sealed record Judgement(
        RpcIdentity Identity, RpcCaller? Caller, string Refusal, DateTimeOffset NotAfter);
}
