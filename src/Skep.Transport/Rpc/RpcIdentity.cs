using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Transport.Rpc;

/// <summary>Whether a peer's certificate is one of this swarm.</summary>
public enum PeerVerdict
{
    Trusted,

    /// <summary>Of this swarm, but its time is over, or has not begun.</summary>
    OutOfTime,

    /// <summary>Another swarm's, or not for this use.</summary>
    Refused,
}

/// <summary>What this node shows to peers and whom it believes, at one moment.</summary>
/// <remarks>
/// Immutable; a new certificate or a new root is a new identity. Connections that exist go on with the certificates
/// they have shown, and are looked at again when the roots change. Does not own the certificates.
/// </remarks>
public sealed class RpcIdentity
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection roots;

    /// <param name="certificate">With its private key.</param>
    /// <param name="intermediates">Certificates between ours and the root, for peers to see.</param>
    public RpcIdentity(
        X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection roots)
    {
        this.roots = roots;
        Certificate = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        PeerCertificate self = PeerCertificate.Read(certificate);
        Node = self.Node;
        Cluster = self.Cluster;
        Role = self.Role;
    }

    private RpcIdentity(X509Certificate2Collection roots, bool believesAnyone)
    {
        this.roots = roots;
        BelievesAnyone = believesAnyone;
    }

    /// <summary>Null: this node has no certificate yet.</summary>
    public SslStreamCertificateContext? Certificate { get; }

    public NodeId Node { get; } = new("");

    public ClusterId Cluster { get; } = new("");

    public NodeRole? Role { get; }

    internal bool BelievesAnyone { get; }

    /// <summary>A node that joins: it knows the roots and has no certificate.</summary>
    public static RpcIdentity Joiner(X509Certificate2Collection roots) => new(roots, believesAnyone: false);

    /// <summary>
    /// Believes any server. Only to fetch the root certificate whose digest is then compared with the join token's.
    /// </summary>
    public static RpcIdentity RootFetcher() => new([], believesAnyone: true);

    /// <summary>Only the swarm's roots count: neither the system's store nor anything fetched.</summary>
    internal X509ChainPolicy NewPolicy(bool forClients)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(forClients ? ClientUse : ServerUse);
        return policy;
    }

    /// <param name="more">What the peer sent beside its certificate.</param>
    internal PeerVerdict Judge(X509Certificate2 certificate, X509Certificate2Collection more, bool isClient)
    {
        using var chain = new X509Chain { ChainPolicy = NewPolicy(isClient) };
        chain.ChainPolicy.ExtraStore.AddRange(more);
        return chain.Build(certificate) ? PeerVerdict.Trusted : Explain(chain);
    }

    /// <summary>What a chain that was not accepted lacks.</summary>
    internal static PeerVerdict Explain(X509Chain chain)
    {
        X509ChainStatusFlags all = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain.ChainStatus)
        {
            all |= status.Status;
        }

        return all switch
        {
            X509ChainStatusFlags.NoError => PeerVerdict.Trusted,
            X509ChainStatusFlags.NotTimeValid => PeerVerdict.OutOfTime,
            _ => PeerVerdict.Refused,
        };
    }
}
