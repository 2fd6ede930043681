using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Manager.Authority;

/// <summary>What the CA in the cluster object becomes when its user changes the settings of the CA.</summary>
/// <remarks>
/// <para>
/// The cases, and the words of the refusals, are SwarmKit's (controlapi/ca_rotation.go). A change of roots begins here:
/// the new root is cross-signed by the old, and both stand in the cluster object until every node has a certificate
/// under the new one (<see cref="Swarm.Clusters.RootRotations"/>). One that is under way is replaced by another, or
/// given up by asking for the root that is still in force. A key that comes or goes, for the same root, changes who
/// signs and nothing else.
/// </para>
/// It may ask external CAs, so it runs outside of the transaction; the cluster's version guards what it is based on.
/// </remarks>
public sealed class RootChanges(ExternalSigner external, TimeProvider time, Log log)
{
    /// <summary>Fits the control API's hook for it.</summary>
    /// <exception cref="RefusedException">The settings are wrong, or an external CA that they need is away.</exception>
    public async Task<RootCA> ChangeAsync(Cluster cluster, CAConfig wanted, CancellationToken stop)
    {
        RootCA now = cluster.RootCA;
        if (!wanted.SigningCAKey.IsEmpty && wanted.SigningCACert.IsEmpty)
        {
            throw Wrong("if a signing CA key is provided, the signing CA cert must also be provided");
        }

        try
        {
            Bytes root = Normal(wanted.SigningCACert);
            if (root.IsEmpty && !wanted.SigningCACert.IsEmpty)
            {
                throw Wrong("no valid certificates found");
            }

            bool isSameRoot = !root.IsEmpty && root == Normal(now.CACert);
            if (now.CAKey.IsEmpty)
            {
                if (isSameRoot && !wanted.SigningCAKey.IsEmpty)
                {
                    Load(root, wanted.SigningCAKey);
                    return Keyed(now, wanted);
                }

                await RequireExternalAsync(wanted, now.CACert, now.CACert, "current", stop);
            }

            return root.IsEmpty
                ? await UnnamedAsync(now, wanted, stop)
                : await NamedAsync(now, wanted, root, isSameRoot, stop);
        }
        catch (BadCertificateException e)
        {
            throw Wrong(e.Message);
        }
    }

    // The user names no root: the one there is stays, or a new one is made when that is forced.
    private async Task<RootCA> UnnamedAsync(RootCA now, CAConfig wanted, CancellationToken stop)
    {
        if (now.LastForcedRotation != wanted.ForceRotate)
        {
            using CertificateAuthority next = CertificateAuthority.NewRoot(time.GetUtcNow());
            return await BeginAsync(now, wanted, Bytes.CopyOf(next.Trust.Bundle.Span), next, stop);
        }

        if (now.RootRotation is { CAKey.IsEmpty: true } rotation)
        {
            await RequireExternalAsync(wanted, rotation.CACert, now.CACert, "next", stop);
        }

        return now;
    }

    private async Task<RootCA> NamedAsync(
        RootCA now, CAConfig wanted, Bytes root, bool isSameRoot, CancellationToken stop)
    {
        using CertificateAuthority? next =
            wanted.SigningCAKey.IsEmpty ? null : Load(root, wanted.SigningCAKey);
        RootTrust trust = RootTrust.Parse(root.Span);
        if (trust.Roots.Count != 1)
        {
            throw Wrong("the desired CA certificate cannot contain multiple certificates");
        }

        if (trust.Roots[0].NotAfter.ToUniversalTime() < time.GetUtcNow().UtcDateTime + AuthorityLimits.RootLifeMin)
        {
            throw Wrong("CA certificate expires too soon");
        }

        if (next is null)
        {
            await RequireExternalAsync(wanted, root, now.CACert, "desired", stop);
        }

        if (isSameRoot)
        {
            return Keyed(now, wanted);
        }

        if (HasKeyOf(trust, now.CACert))
        {
            throw Wrong("Cannot update to a cert with an identical key");
        }

        return now.RootRotation is { } rotation && Normal(rotation.CACert) == root
            ? now with
            {
                RootRotation = rotation with { CAKey = wanted.SigningCAKey },
                LastForcedRotation = wanted.ForceRotate,
            }
            : await BeginAsync(now, wanted, root, next, stop);
    }

    /// <param name="next">Null when an external CA has the new root's key.</param>
    private async Task<RootCA> BeginAsync(
        RootCA now, CAConfig wanted, Bytes root, CertificateAuthority? next, CancellationToken stop)
    {
        byte[] crossSigned;
        if (!now.CAKey.IsEmpty)
        {
            // Signed by the root that is in force, also when another change is under way: nodes still trust that one.
            using CertificateAuthority old = Load(now.CACert, now.CAKey);
            crossSigned = old.CrossSign(root.Span);
        }
        else
        {
            crossSigned = await CrossSignOutsideAsync(now, wanted, next, stop);
        }

        log.Info("the swarm goes over to a new root CA", ("root", RootDigest.Of(root.Span)));
        return now with
        {
            RootRotation = new RootRotation
            {
                CACert = root,
                CAKey = next is null ? Bytes.Empty : Bytes.Owning(next.ExportKey()),
                CrossSignedCACert = Bytes.Owning(Pem.Normalize(crossSigned)),
            },
            LastForcedRotation = wanted.ForceRotate,
        };
    }

    private async Task<byte[]> CrossSignOutsideAsync(
        RootCA now, CAConfig wanted, CertificateAuthority? next, CancellationToken stop)
    {
        if (next is null)
        {
            throw Wrong("rotating from one external CA to a different external CA is not supported");
        }

        RootTrust trust = RootTrust.Parse(now.CACert.Span);
        IReadOnlyList<string> urls = ExternalAuthorities.Urls(wanted, now.CACert, now.CACert);
        if (urls.Count == 0)
        {
            throw Wrong(
                "must provide an external CA for the current external root CA to generate a cross-signed certificate");
        }

        try
        {
            byte[] crossSigned = await external.CrossSignAsync(urls, trust, next, stop);
            var made = Pem.ReadCertificates(crossSigned)[0];
            bool isOurs = trust.HasSigned(made)
                && made.PublicKey.ExportSubjectPublicKeyInfo().AsSpan()
                    .SequenceEqual(next.Signer.PublicKey.ExportSubjectPublicKeyInfo());
            return isOurs
                ? crossSigned
                : throw new NotSignedException("it is of another key or root", mayWorkLater: false);
        }
        catch (NotSignedException e)
        {
            log.Error("unable to generate a cross-signed certificate for root rotation", ("error", e.Message));
            throw SwarmRefusal.Of(
                SwarmCode.Internal, "unable to generate a cross-signed certificate for root rotation");
        }
    }

    private async Task RequireExternalAsync(
        CAConfig wanted, Bytes root, Bytes unnamed, string which, CancellationToken stop)
    {
        RootTrust trust = RootTrust.Parse(root.Span);
        foreach (string url in ExternalAuthorities.Urls(wanted, root, unnamed))
        {
            if (await external.IsReachableAsync(url, trust, stop))
            {
                return;
            }

            log.Warn("an external CA is unreachable or invalid", ("url", url));
        }

        throw Wrong(
            $"there must be at least one valid, reachable external CA corresponding to the {which} CA certificate");
    }

    private static RootCA Keyed(RootCA now, CAConfig wanted) => now with
    {
        CAKey = wanted.SigningCAKey,
        RootRotation = null,
        LastForcedRotation = wanted.ForceRotate,
    };

    private static CertificateAuthority Load(Bytes root, Bytes key) =>
        CertificateAuthority.Load(root.Span, root.Span, key.Span, []);

    private static bool HasKeyOf(RootTrust trust, Bytes other) =>
        trust.Roots[0].PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(
            RootTrust.Parse(other.Span).Roots[0].PublicKey.ExportSubjectPublicKeyInfo());

    private static Bytes Normal(Bytes pem) => pem.IsEmpty ? pem : Bytes.Owning(Pem.Normalize(pem.Span));

    private static RefusedException Wrong(string words) => SwarmRefusal.Of(SwarmCode.InvalidArgument, words);
}
