using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Manager.Authority;

/// <summary>Which of the external CAs in the cluster's spec sign for which root.</summary>
internal static class ExternalAuthorities
{
    /// <summary>Those that sign now: for the root that the swarm moves to, else for the one it has.</summary>
    public static IReadOnlyList<string> Urls(Cluster cluster) => Urls(
        cluster.Spec.CAConfig,
        cluster.RootCA.RootRotation?.CACert ?? cluster.RootCA.CACert,
        cluster.RootCA.CACert);

    /// <param name="wanted">The root that they must sign for.</param>
    /// <param name="unnamed">The root of those that do not say which one is theirs.</param>
    public static IReadOnlyList<string> Urls(CAConfig config, Bytes wanted, Bytes unnamed)
    {
        if (config.ExternalCAs.IsEmpty)
        {
            return [];
        }

        byte[] root = Pem.Normalize(wanted.Span);
        return
        [
            .. config.ExternalCAs
                .Where(one => one.Protocol == ExternalCAProtocol.Cfssl)
                .Where(one => Pem.Normalize((one.CACert.IsEmpty ? unnamed : one.CACert).Span).AsSpan()
                    .SequenceEqual(root))
                .Select(one => one.Url),
        ];
    }
}
