using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Transport.Identity;

/// <summary>Who this node is right now, and whom it trusts: what every connection of the swarm is made with.</summary>
/// <remarks>
/// Certificate and roots are swapped while connections live; a handshake takes the newest, and what was verified before
/// stays up. Thread-safe.
/// </remarks>
public sealed class NodeCredentials
{
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private volatile State state;

    public NodeCredentials(NodeCertificate certificate, RootTrust trust, TimeProvider time)
    {
        this.time = time;
        state = new State(certificate, certificate, trust);
    }

    /// <summary>Raised after either was replaced, outside of any lock, by the one who replaced it.</summary>
    public event Action? Changed;

    public NodeId Node => state.Certificate.Identity.Node;

    public NodeRole Role => state.Certificate.Identity.Role;

    public ClusterId Cluster => state.Certificate.Identity.Cluster;

    public NodeCertificate Certificate => state.Certificate;

    public RootTrust Trust => state.Trust;

    /// <summary>What our own roots say of our own certificate now.</summary>
    public TrustVerdict OwnVerdict => state.Certificate.Judge(state.Trust, Now);

    /// <summary>DER of our issuer's name and public key, as a node reports them to its managers.</summary>
    public (byte[] Subject, byte[] PublicKey) Issuer
    {
        get
        {
            byte[] subject = state.Certificate.IssuerSubject;
            byte[]? key = OwnVerdict.Issuer?.PublicKey.ExportSubjectPublicKeyInfo();
            return (subject, key ?? []);
        }
    }

    /// <summary>Goes over to a new certificate.</summary>
    public void Replace(NodeCertificate certificate) => Swap(old => old.With(certificate, old.Trust, Now));

    /// <summary>Goes over to other roots.</summary>
    /// <exception cref="BadCertificateException">Our own certificate would not be good under them.</exception>
    public void Replace(RootTrust trust)
    {
        Swap(old => old.Certificate.Judge(trust, Now).State == TrustState.Untrusted
            ? throw new BadCertificateException("new root CA does not match existing TLS credentials")
            : old.With(old.Certificate, trust, Now));
    }

    /// <summary>Goes over to both at once, when neither fits the other's predecessor.</summary>
    public void Replace(NodeCertificate certificate, RootTrust trust) =>
        Swap(old => old.With(certificate, trust, Now));

    /// <summary>
    /// What to accept connections with. A client certificate is asked for, and judged if one is given.
    /// </summary>
    /// <remarks>
    /// An expired one passes the handshake: its owner may still renew it. The server looks at the verdict before every
    /// other call.
    /// </remarks>
    public SslServerAuthenticationOptions ServerOptions()
    {
        State now = state;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = now.Context,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = now.Trust.NewPolicy([]),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            AllowRenegotiation = false,
            AllowTlsResume = false,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                certificate is not X509Certificate2 given
                || MayShakeHands(now.Trust.Judge(given, Sent(chain), Now)),
        };
    }

    /// <summary>What to connect to another node with, showing our own certificate.</summary>
    /// <param name="name">The role the other must have in its certificate: one of the names in
    /// <see cref="NodeIdentity"/>.</param>
    public SslClientAuthenticationOptions ClientOptions(string name)
    {
        State now = state;
        SslClientAuthenticationOptions options = AnonymousOptions(now.Trust, name, time);
        options.ClientCertificateContext = now.Context;
        return options;
    }

    /// <summary>What to connect to an external CA with: web TLS, by the swarm's own roots and certificate.</summary>
    /// <param name="trust">The roots that the CA's own certificate must lead to.</param>
    /// <param name="host">The host of its URL.</param>
    public SslClientAuthenticationOptions ExternalOptions(RootTrust trust, string host)
    {
        SslClientAuthenticationOptions options = AnonymousOptions(trust, host, time);
        options.ApplicationProtocols = [SslApplicationProtocol.Http11];
        options.ClientCertificateContext = state.Context;
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            certificate is X509Certificate2 given
            && (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0
            && Check(trust.JudgeServer(given, Sent(chain), Now));
        return options;
    }

    /// <summary>What to connect with while we have no certificate of our own.</summary>
    public static SslClientAuthenticationOptions AnonymousOptions(
        RootTrust trust, string name, TimeProvider time) => new()
    {
        TargetHost = name,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = trust.NewPolicy([]),
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        AllowRenegotiation = false,
        AllowTlsResume = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            certificate is not null
            && (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0
            && Check(trust.Judge((X509Certificate2)certificate, Sent(chain), time.GetUtcNow())),
    };

    /// <summary>
    /// Believes any server: only to fetch the roots whose digest is then compared with the join token's.
    /// </summary>
    internal static SslClientAuthenticationOptions UnverifiedOptions() => new()
    {
        TargetHost = NodeIdentity.AuthorityName,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    /// <summary>Judges the certificate of a connected peer, again or for the first time.</summary>
    /// <param name="between">What the peer sent along with it.</param>
    public TrustVerdict JudgePeer(X509Certificate2 certificate, IReadOnlyCollection<X509Certificate2> between) =>
        state.Trust.Judge(certificate, between, Now);

    internal static bool MayShakeHands(TrustVerdict verdict) =>
        verdict.State is TrustState.Trusted or TrustState.Expired;

    private static IReadOnlyCollection<X509Certificate2> Sent(X509Chain? chain) =>
        chain is null ? [] : [.. chain.ChainPolicy.ExtraStore];

    // Thrown out of the callback, so that the caller reads which of the two clocks or certificates is wrong.
    private static bool Check(TrustVerdict verdict) => verdict.State switch
    {
        TrustState.Trusted => true,
        TrustState.Untrusted => false,
        _ => throw new AuthenticationException($"the other node cannot be trusted: {verdict.Reason}"),
    };

    private void Swap(Func<State, State> change)
    {
        lock (gate)
        {
            state = change(state);
        }

        Changed?.Invoke();
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private sealed class State(NodeCertificate certificate, NodeCertificate shown, RootTrust trust)
    {
        public NodeCertificate Certificate => certificate;

        public RootTrust Trust => trust;

        // Made once: it takes a chain build, and every handshake uses its result.
        public SslStreamCertificateContext Context { get; } =
            SslStreamCertificateContext.Create(shown.Leaf, [.. shown.Between], offline: true);

        /// <summary>
        /// Goes over to a certificate, but goes on showing the one before it while peers could not follow the new one.
        /// </summary>
        /// <remarks>
        /// A cross-signed root that a Docker manager made looks self-signed, and .NET sends no certificate that does.
        /// Without it, those who still have the old root only would refuse us. The old certificate is good for them
        /// until the change of roots is over; then the new one needs nothing to be sent along.
        /// </remarks>
        public State With(NodeCertificate next, RootTrust nextTrust, DateTimeOffset now)
        {
            var all = new State(next, next, nextTrust);
            bool isSentWhole = all.Context.IntermediateCertificates.Count >= next.Between.Count
                || nextTrust.Judge(next.Leaf, [], now).State != TrustState.Untrusted;
            bool isOldGood = shown.Identity == next.Identity
                && shown.Judge(nextTrust, now).State == TrustState.Trusted;
            return isSentWhole || !isOldGood ? all : new State(next, shown, nextTrust);
        }
    }
}
