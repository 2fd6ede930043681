using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Clusters;

/// <summary>
/// Moves every node's certificate to the new root, a few at a time, and then makes that root the only one.
/// </summary>
/// <remarks>
/// While it goes on the cluster holds both roots, the new one cross-signed by the old, so that nodes of both sides
/// trust each other. Which nodes have moved is what they themselves report: the issuer of the certificate they use.
/// A node that is away holds the end up until it returns or is removed, for it could not talk to us afterwards.
/// </remarks>
/// <param name="newTokens">
/// Makes the digest and join tokens of a root. They come from the system's generator, as all secrets do, so this is
/// given from outside.
/// </param>
public sealed class RootRotations(Func<Bytes, (string Digest, JoinTokens Tokens)> newTokens)
{
    /// <summary>
    /// Nodes that renew at the same time, so that the authority is not flooded (SwarmKit ca/reconciler.go).
    /// </summary>
    private const int NodesAtOnce = 30;

    /// <summary>
    /// How long a node that was told is waited for before others are told besides (SwarmKit ca/server.go).
    /// </summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        if (cluster.Cluster is not { RootCA.RootRotation: { } rotation } swarm)
        {
            return Plan.Nothing;
        }
        (byte[] subject, byte[] key) = IssuerOf(rotation.CACert);
        Node[] staying = [.. cluster.Nodes.All.Where(node => !HasIssuer(node, subject, key))];
        if (staying.Length == 0)
        {
            return new([Change.Update(swarm with { RootCA = Finish(swarm.RootCA, rotation) })], null);
        }
        int underWay = staying.Count(node => IsAsked(node) && IsRecent(node, now));
        ImmutableArray<Change> asked =
        [
            .. staying.Where(node => !IsAsked(node))
                .Take(Math.Max(NodesAtOnce - underWay, 0))
                .Select(node => Change.Update(Ask(node))),
        ];
        bool hasMore = staying.Count(node => !IsAsked(node)) > asked.Length;
        return new(asked, hasMore ? now + Pace : null);
    }

    /// <summary>Subject and public key, as nodes report them of the issuer of their certificate (both DER).</summary>
    public static (byte[] Subject, byte[] PublicKey) IssuerOf(Bytes pem)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem.ToUtf8());
        return (certificate.SubjectName.RawData, certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    private RootCA Finish(RootCA root, RootRotation rotation)
    {
        (string digest, JoinTokens tokens) = newTokens(rotation.CACert);
        return new RootCA
        {
            CACert = rotation.CACert,
            CAKey = rotation.CAKey,
            CACertHash = digest,
            JoinTokens = tokens,
            LastForcedRotation = root.LastForcedRotation,
        };
    }

    private static bool HasIssuer(Node node, byte[] subject, byte[] key) =>
        node.Description?.TlsInfo is { } tls
        && tls.CertIssuerSubject.Span.SequenceEqual(subject)
        && tls.CertIssuerPublicKey.Span.SequenceEqual(key);

    private static bool IsAsked(Node node) => node.Certificate.Status.State
        is IssuanceState.Renew or IssuanceState.Pending or IssuanceState.Rotate;

    private static bool IsRecent(Node node, DateTimeOffset now) =>
        node.Meta.UpdatedAt is { } updated && updated.ToDateTimeOffset() > now - Pace;

    private static Node Ask(Node node) => node with
    {
        Certificate = node.Certificate with
        {
            Status = node.Certificate.Status with { State = IssuanceState.Rotate },
        },
    };
}
