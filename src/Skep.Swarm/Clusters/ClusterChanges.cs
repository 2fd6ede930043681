using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Clusters;

/// <summary>Which secrets of the swarm an update shall replace.</summary>
public readonly record struct KeyRotation(bool WorkerJoinToken, bool ManagerJoinToken, bool ManagerUnlockKey);

/// <summary>What users may do to the swarm's own settings, with SwarmKit's checks and words.</summary>
public static class ClusterChanges
{
    /// <summary>The subsystem of the key that locks managers.</summary>
    public const string ManagerSubsystem = "swarm-manager";

    private const uint DefaultSubnetSize = 24;
    private const uint DefaultVxlanPort = 4789;
    private const string DefaultAddressPool = "10.0.0.0/8";
    private static readonly SwarmDuration CertificateExpiryMin = SwarmDuration.From(TimeSpan.FromHours(1));

    /// <summary>How long a removed node's certificate is refused beyond its own end.</summary>
    private static readonly TimeSpan ExpelledGrace = TimeSpan.FromDays(7);

    /// <param name="root">
    /// The certificate authority as the new spec wants it. Finding that out may mean to ask an external one, which a
    /// transaction cannot do; the version says that it was found out from the cluster that is stored.
    /// </param>
    /// <param name="newToken">Makes a join token for the authority given.</param>
    /// <param name="newUnlockKey">Makes an unlock key.</param>
    public static Cluster Update(
        Transaction store,
        ClusterId id,
        ObjectVersion version,
        ClusterSpec spec,
        KeyRotation rotation,
        RootCA root,
        Func<RootCA, string> newToken,
        Func<Bytes> newUnlockKey)
    {
        Check(spec);
        Cluster cluster = Require(store, id);
        JoinTokens tokens = root.JoinTokens;
        if (rotation.WorkerJoinToken)
        {
            tokens = tokens with { Worker = newToken(cluster.RootCA) };
        }
        if (rotation.ManagerJoinToken)
        {
            tokens = tokens with { Manager = newToken(cluster.RootCA) };
        }
        return store.Update(cluster with
        {
            Meta = cluster.Meta with { Version = version },
            Spec = spec,
            RootCA = root with { JoinTokens = tokens },
            BlacklistedCertificates = StillExpelled(cluster.BlacklistedCertificates, store.Now),
            UnlockKeys = UnlockKeys(cluster.UnlockKeys, spec, rotation, newUnlockKey),
        });
    }

    /// <summary>The cluster that no longer honours the node's certificate.</summary>
    public static Cluster Expel(Cluster cluster, Node node, DateTimeOffset now)
    {
        var entry = new BlacklistedCertificate { Expiry = ExpiryOf(node.Certificate.Pem) };
        return cluster with
        {
            BlacklistedCertificates =
                StillExpelled(cluster.BlacklistedCertificates.With(node.Id.Value, entry), now),
        };
    }

    /// <summary>The cluster without anything secret but the join tokens, which users may read.</summary>
    public static Cluster Redact(Cluster cluster) => new()
    {
        Id = cluster.Id,
        Meta = cluster.Meta,
        // The signing certificate is no secret, but whoever sent it back without its key would change the authority.
        Spec = cluster.Spec with
        {
            CAConfig = cluster.Spec.CAConfig with { SigningCAKey = Bytes.Empty, SigningCACert = Bytes.Empty },
        },
        RootCA = cluster.RootCA with
        {
            CAKey = Bytes.Empty,
            RootRotation = cluster.RootCA.RootRotation is { } next ? next with { CAKey = Bytes.Empty } : null,
        },
        BlacklistedCertificates = cluster.BlacklistedCertificates,
        DefaultAddressPool =
            cluster.DefaultAddressPool.IsEmpty ? [DefaultAddressPool] : cluster.DefaultAddressPool,
        SubnetSize = cluster.DefaultAddressPool.IsEmpty ? DefaultSubnetSize : cluster.SubnetSize,
        VxlanUdpPort = cluster.VxlanUdpPort == 0 ? DefaultVxlanPort : cluster.VxlanUdpPort,
    };

    public static Cluster Require(StoreReader store, ClusterId id)
    {
        if (id.IsEmpty)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        return store.Clusters.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"cluster {id} not found");
    }

    public static void Check(ClusterSpec spec)
    {
        if (spec.CAConfig.NodeCertExpiry is { } expiry
            && expiry.ToNanoseconds() < CertificateExpiryMin.ToNanoseconds())
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "minimum certificate expiry time is: 1h0m0s");
        }
        foreach (RoleAdmissionPolicy policy in spec.AcceptancePolicy.Policies)
        {
            if (policy.Secret is { } secret && !secret.Alg.Equals("bcrypt", StringComparison.OrdinalIgnoreCase))
            {
                throw SwarmRefusal.Of(
                    SwarmCode.InvalidArgument, $"hashing algorithm is not supported: {secret.Alg}");
            }
        }
        if (spec.Dispatcher.HeartbeatPeriod is { } period && period.ToNanoseconds() < 0)
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument, "heartbeat time period cannot be a negative duration");
        }
        if (spec.Annotations.Name != StoreReader.ClusterName)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "modification of cluster name is not allowed");
        }
    }

    private static ValueList<EncryptionKey> UnlockKeys(
        ValueList<EncryptionKey> keys, ClusterSpec spec, KeyRotation rotation, Func<Bytes> newUnlockKey)
    {
        IEnumerable<EncryptionKey> others = keys.Where(key => key.Subsystem != ManagerSubsystem);
        if (!spec.EncryptionConfig.AutoLockManagers)
        {
            return ValueList.From(others);
        }
        EncryptionKey? manager = keys.FirstOrDefault(key => key.Subsystem == ManagerSubsystem);
        if (manager is null || rotation.ManagerUnlockKey)
        {
            manager = (manager ?? new EncryptionKey { Subsystem = ManagerSubsystem }) with { Key = newUnlockKey() };
        }
        return [.. others, manager];
    }

    private static ValueMap<BlacklistedCertificate> StillExpelled(
        ValueMap<BlacklistedCertificate> certificates, DateTimeOffset now)
    {
        var limit = SwarmTime.From(now - ExpelledGrace);
        return ValueMap.From(certificates.Where<KeyValuePair<string, BlacklistedCertificate>>(
            entry => entry.Value.Expiry is not { } expiry || expiry.CompareTo(limit) >= 0));
    }

    /// <returns>Null, which is for ever, when there is no certificate or it cannot be read.</returns>
    private static SwarmTime? ExpiryOf(Bytes pem)
    {
        if (pem.IsEmpty)
        {
            return null;
        }
        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem.ToUtf8());
            return SwarmTime.From(certificate.NotAfter.ToUniversalTime());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
