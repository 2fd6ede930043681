using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Skep.Transport.Identity;

namespace Skep.Transport.Rpc;

/// <summary>The other end of one connection, and what its certificate is worth now.</summary>
/// <remarks>
/// Also tells Kestrel that the connection is TLS and speaks HTTP/2. Thread-safe: what was judged is one reference that
/// is replaced, and judging twice does no harm.
/// </remarks>
internal sealed class RpcPeer : ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private readonly ConnectionContext connection;
    private readonly NodeCredentials credentials;
    private readonly X509Certificate2[] between;
    private readonly NodeIdentity? claimed;
    private readonly string remoteAddress;
    private Judged judged;
    private int callCount;

    /// <param name="between">What the peer sent beside its certificate.</param>
    /// <param name="trust">The roots that gave the verdict.</param>
    public RpcPeer(
        ConnectionContext connection,
        NodeCredentials credentials,
        X509Certificate2? certificate,
        X509Certificate2[] between,
        RootTrust trust,
        TrustVerdict? verdict)
    {
        this.connection = connection;
        this.credentials = credentials;
        this.between = between;
        ClientCertificate = certificate;
        claimed = certificate is null ? null : NodeIdentity.Read(certificate);
        remoteAddress = connection.RemoteEndPoint is IPEndPoint ip ? Plain(ip).ToString() : "";
        judged = Judge(trust, verdict);
    }

    public X509Certificate2? ClientCertificate { get; set; }

    public ReadOnlyMemory<byte> ApplicationProtocol => SslApplicationProtocol.Http2.Protocol;

    /// <summary>Who calls; null: nobody of this swarm.</summary>
    /// <param name="refusal">Why not.</param>
    public RpcCaller? Caller(DateTimeOffset now, out string refusal)
    {
        Judged current = judged;
        RootTrust trust = credentials.Trust;
        if (!ReferenceEquals(current.Trust, trust) && ClientCertificate is { } certificate)
        {
            judged = current = Judge(trust, credentials.JudgePeer(certificate, between));
        }

        refusal = current.Refusal;
        return current.Caller is { IsExpired: false } && now > current.Until
            ? current.Caller with { IsExpired = true }
            : current.Caller;
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

    public void Release()
    {
        ClientCertificate?.Dispose();
        foreach (X509Certificate2 certificate in between)
        {
            certificate.Dispose();
        }
    }

    // A listener of both families sees IPv4 as a part of IPv6; nobody else should.
    /// <summary>IPv4 as such, also where one socket takes both families.</summary>
    internal static IPEndPoint Plain(IPEndPoint end) =>
        end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;

    private Judged Judge(RootTrust trust, TrustVerdict? verdict)
    {
        if (ClientCertificate is null)
        {
            return new Judged(trust, new RpcCaller { RemoteAddress = remoteAddress }, "", DateTimeOffset.MaxValue);
        }

        string refusal = verdict switch
        {
            null or { State: TrustState.Untrusted } => "Permission denied: the certificate is not of this swarm",
            { State: TrustState.NotYetValid } => "Permission denied: " + verdict.Reason,
            _ when claimed is null => "Permission denied: the certificate is not a node's",
            _ when claimed.Cluster != credentials.Cluster =>
                $"Permission denied: remote certificate not part of organization: {credentials.Cluster.Value}",
            _ => "",
        };
        RpcCaller? caller = refusal.Length > 0
            ? null
            : new RpcCaller
            {
                Node = claimed!.Node,
                Role = claimed.Role,
                Cluster = claimed.Cluster,
                RemoteAddress = remoteAddress,
                IsExpired = verdict!.State == TrustState.Expired,
            };
        return new Judged(trust, caller, refusal, ClientCertificate.NotAfter.ToUniversalTime());
    }

    private sealed record Judged(RootTrust Trust, RpcCaller? Caller, string Refusal, DateTimeOffset Until);
}
