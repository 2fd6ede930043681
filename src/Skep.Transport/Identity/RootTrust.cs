using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>The roots of one swarm: the only certificates that anything on port 2377 is checked against.</summary>
/// <remarks>
/// The machine's own trusted roots count for nothing here, and no check goes to the network: no revocation list and no
/// missing issuer is fetched, since both would let a stranger's certificate make us connect where it says.
/// Immutable and thread-safe.
/// </remarks>
public sealed class RootTrust
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly byte[] bundle;
    private readonly X509Certificate2[] roots;

    private RootTrust(byte[] bundle, X509Certificate2[] roots)
    {
        this.bundle = bundle;
        this.roots = roots;
        Digest = RootDigest.Of(bundle);
    }

    /// <summary>The bytes as they were given: the digest of a join token is taken of exactly these.</summary>
    public ReadOnlyMemory<byte> Bundle => bundle;

    public RootDigest Digest { get; }

    public IReadOnlyList<X509Certificate2> Roots => roots;

    /// <exception cref="BadCertificateException">Something in it is not a self-signed CA certificate.</exception>
    public static RootTrust Parse(ReadOnlySpan<byte> bundle)
    {
        X509Certificate2[] roots = Pem.ReadCertificates(bundle);
        foreach (X509Certificate2 root in roots)
        {
            CertificateRules.CheckRoot(root);
        }

        return new RootTrust(bundle.ToArray(), roots);
    }

    /// <summary>Follows a certificate up to a root.</summary>
    /// <param name="between">What the peer sent along; none of it is trusted.</param>
    public TrustVerdict Judge(
        X509Certificate2 leaf, IReadOnlyCollection<X509Certificate2> between, DateTimeOffset now) =>
        Judge(leaf, between, now, ServerUse, ClientUse);

    /// <summary>As <see cref="Judge"/>, for a server that is no node of the swarm: an external CA.</summary>
    public TrustVerdict JudgeServer(
        X509Certificate2 leaf, IReadOnlyCollection<X509Certificate2> between, DateTimeOffset now) =>
        Judge(leaf, between, now, ServerUse);

    private TrustVerdict Judge(
        X509Certificate2 leaf,
        IReadOnlyCollection<X509Certificate2> between,
        DateTimeOffset now,
        params ReadOnlySpan<string> uses)
    {
        using var chain = new X509Chain { ChainPolicy = NewPolicy(between) };
        foreach (string use in uses)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(new(use));
        }

        chain.Build(leaf);
        TrustVerdict verdict = JudgeChain(chain, now);
        foreach (X509ChainElement element in chain.ChainElements)
        {
            if (!ReferenceEquals(element.Certificate, verdict.Issuer))
            {
                element.Certificate.Dispose();
            }
        }

        return verdict;
    }

    /// <summary>Whether a CA's certificate is a root here, or is signed by one.</summary>
    public bool HasSigned(X509Certificate2 signer) =>
        roots.Any(root => root.RawDataMemory.Span.SequenceEqual(signer.RawDataMemory.Span))
        || CrossSigned.IsSignedByAny(signer, roots);

    /// <summary>What a chain is built with. The time is judged afterwards, by our own clock.</summary>
    /// <param name="sent">What the peer sent along, when it is known already.</param>
    internal X509ChainPolicy NewPolicy(IReadOnlyCollection<X509Certificate2> sent)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
        };
        policy.CustomTrustStore.AddRange(roots);
        foreach (X509Certificate2 certificate in sent)
        {
            policy.ExtraStore.Add(certificate);
        }

        policy.CustomTrustStore.AddRange(CrossSigned.Find(sent, roots));
        return policy;
    }

    /// <summary>Judges a chain that was built with our policy.</summary>
    private static TrustVerdict JudgeChain(X509Chain chain, DateTimeOffset now)
    {
        X509ChainStatusFlags wrong = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain.ChainStatus)
        {
            wrong |= status.Status;
        }

        wrong &= ~X509ChainStatusFlags.NotTimeValid;
        if (wrong != X509ChainStatusFlags.NoError || chain.ChainElements.Count < 2)
        {
            return new TrustVerdict(
                TrustState.Untrusted, null, $"the certificate is not one of this swarm ({wrong})");
        }

        X509Certificate2 issuer = chain.ChainElements[1].Certificate;
        foreach (X509ChainElement element in chain.ChainElements)
        {
            DateTime from = element.Certificate.NotBefore.ToUniversalTime();
            DateTime until = element.Certificate.NotAfter.ToUniversalTime();
            if (now.UtcDateTime < from)
            {
                return new TrustVerdict(
                    TrustState.NotYetValid,
                    issuer,
                    $"the certificate is not valid before {Text(from)}, and the clock of this machine says "
                        + $"{Text(now.UtcDateTime)}: check the clocks");
            }

            if (now.UtcDateTime > until)
            {
                return new TrustVerdict(
                    TrustState.Expired,
                    issuer,
                    $"the certificate expired at {Text(until)}, and the clock of this machine says "
                        + Text(now.UtcDateTime));
            }
        }

        return new TrustVerdict(TrustState.Trusted, issuer, "");
    }

    private static string Text(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
