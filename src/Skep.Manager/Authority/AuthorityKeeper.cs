using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Manager.Authority;

/// <summary>The swarm's CA as the cluster object says it, opened once for each state it has.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class AuthorityKeeper
{
    private readonly Lock gate = new();
    private RootCA? opened;
    private CertificateAuthority? authority;

    /// <summary>Null when the key is not in the store: an external CA signs.</summary>
    /// <exception cref="BadCertificateException">The cluster object does not hold a usable CA.</exception>
    public CertificateAuthority? Open(RootCA root)
    {
        lock (gate)
        {
            // Tokens change often and mean nothing here. The one before is not disposed: somebody may be signing.
            RootCA wanted = root with { JoinTokens = JoinTokens.Empty };
            if (wanted != opened)
            {
                authority = Load(wanted);
                opened = wanted;
            }

            return authority;
        }
    }

    private static CertificateAuthority? Load(RootCA root) => root.RootRotation switch
    {
        null when root.CAKey.IsEmpty => null,
        null => CertificateAuthority.Load(root.CACert.Span, root.CACert.Span, root.CAKey.Span, []),
        { CAKey.IsEmpty: true } => null,
        { } rotation => CertificateAuthority.LoadBetween(
            root.CACert.Span,
            root.CAKey.Span,
            rotation.CACert.Span,
            rotation.CAKey.Span,
            rotation.CrossSignedCACert.Span),
    };
}
