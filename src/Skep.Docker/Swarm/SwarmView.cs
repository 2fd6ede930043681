using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Docker.Engine;
using Skep.Swarm.Objects;

namespace Skep.Docker.Swarm;

/// <summary>The cluster object as the Engine API shows it: never the keys of the authority or of managers.</summary>
public static class SwarmView
{
    /// <summary>GET /swarm, with the join tokens.</summary>
    public static SwarmInspect Of(Cluster cluster)
    {
        ClusterInfo info = InfoOf(cluster);
        return new SwarmInspect
        {
            Id = info.Id,
            Version = info.Version,
            CreatedAt = info.CreatedAt,
            UpdatedAt = info.UpdatedAt,
            Spec = info.Spec,
            TlsInfo = info.TlsInfo,
            RootRotationInProgress = info.RootRotationInProgress,
            DefaultAddrPool = info.DefaultAddrPool,
            SubnetSize = info.SubnetSize,
            DataPathPort = info.DataPathPort,
            JoinTokens = new Engine.JoinTokens
            {
                Worker = cluster.RootCA.JoinTokens.Worker,
                Manager = cluster.RootCA.JoinTokens.Manager,
            },
        };
    }

    /// <summary>The part that GET /info shows.</summary>
    public static ClusterInfo InfoOf(Cluster cluster) => new()
    {
        Id = cluster.Id.Value,
        Version = Views.Version(cluster),
        CreatedAt = Views.CreatedAt(cluster),
        UpdatedAt = Views.UpdatedAt(cluster),
        Spec = SpecOf(cluster.Spec),
        TlsInfo = TlsOf(cluster.RootCA),
        RootRotationInProgress = cluster.RootCA.RootRotation is not null,
        DefaultAddrPool = cluster.DefaultAddressPool.IsEmpty ? null : cluster.DefaultAddressPool,
        SubnetSize = cluster.SubnetSize,
        DataPathPort = cluster.VxlanUdpPort,
    };

    // Neither the root to change to nor its key comes back: the key is a secret, and a spec that is read, changed and
    // sent again would have the one without the other.
    private static SwarmSpec SpecOf(ClusterSpec spec) => new()
    {
        Name = Views.OrNull(spec.Annotations.Name),
        Labels = spec.Annotations.Labels,
        Orchestration = new() { TaskHistoryRetentionLimit = spec.Orchestration.TaskHistoryRetentionLimit },
        Raft = new()
        {
            SnapshotInterval = spec.Raft.SnapshotInterval,
            KeepOldSnapshots = spec.Raft.KeepOldSnapshots,
            LogEntriesForSlowFollowers = spec.Raft.LogEntriesForSlowFollowers,
            ElectionTick = (int)spec.Raft.ElectionTick,
            HeartbeatTick = (int)spec.Raft.HeartbeatTick,
        },
        Dispatcher = new() { HeartbeatPeriod = spec.Dispatcher.HeartbeatPeriod?.ToNanoseconds() ?? 0 },
        CaConfig = new()
        {
            NodeCertExpiry = spec.CAConfig.NodeCertExpiry?.ToNanoseconds() ?? 0,
            ForceRotate = spec.CAConfig.ForceRotate,
            ExternalCas = spec.CAConfig.ExternalCAs.IsEmpty ? null : [.. spec.CAConfig.ExternalCAs.Select(External)],
        },
        EncryptionConfig = new() { AutoLockManagers = spec.EncryptionConfig.AutoLockManagers },
    };

    private static ExternalCa External(ExternalCA authority) => new()
    {
        Protocol = Views.Word(authority.Protocol),
        Url = authority.Url,
        Options = authority.Options.IsEmpty ? null : authority.Options,
        CaCert = authority.CACert.ToUtf8(),
    };

    // While nodes are moved to another root, that one is the issuer that they shall have.
    private static TlsInfo TlsOf(RootCA root)
    {
        var trust = new TlsInfo { TrustRoot = Views.OrNull(root.CACert.ToUtf8()) };
        using X509Certificate2? issuer = First((root.RootRotation?.CACert ?? root.CACert).ToUtf8());
        return issuer is null
            ? trust
            : trust with
            {
                CertIssuerSubject = issuer.SubjectName.RawData,
                CertIssuerPublicKey = issuer.PublicKey.ExportSubjectPublicKeyInfo(),
            };
    }

    private static X509Certificate2? First(string pem)
    {
        if (!PemEncoding.TryFind(pem, out PemFields found))
        {
            return null;
        }

        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(pem[found.Base64Data]));
        }
        catch (CryptographicException)
        {
            return null; // As Docker: a root that cannot be read shows no issuer.
        }
    }
}
