using Skep.Manager.Backup;
using Skep.Manager.Founding;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.SwarmMode;

/// <summary>Makes the first node of a swarm that comes out of a backup: a new node, certified by the old CA.</summary>
internal static class RestoreSteps
{
    public static (NodeKeys Keys, Restoring Restoring) Take(SwarmBackup backup, IdSource ids, DateTimeOffset now)
    {
        RootCA root = backup.Cluster.RootCA;
        if (root.CAKey.IsEmpty)
        {
            throw new RefusedException(
                ErrorKind.Unsupported,
                "this swarm's certificates come from an external CA, whose key is not in the backup: it cannot " +
                "certify the manager that restores it");
        }

        using CertificateAuthority authority =
            CertificateAuthority.Load(root.CACert.Span, root.CACert.Span, root.CAKey.Span, []);
        var identity = new NodeIdentity(new NodeId(ids.NewObjectId()), NodeRole.Manager, backup.Cluster.Id);
        NodeKey key = NodeKey.New();
        byte[] chain = authority.Issue(key.NewRequest(), identity, IdentityLimits.NodeLifetime, now);
        EncryptionKey? stored = backup.Cluster.UnlockKeys.FirstOrDefault(
            static one => one.Subsystem == NodeIdentity.ManagerName);
        var keys = new NodeKeys(
            NodeCertificate.Load(chain, key),
            authority.Trust,
            DataKeys.New(),
            stored is null ? null : UnlockKey.FromBytes(stored.Key.Span),
            backup.Cluster.Meta.Version.Index);
        var self = new NewSwarm
        {
            Cluster = identity.Cluster,
            Node = identity.Node,
            Availability = NodeAvailability.Active,
            RootCA = RootCA.Empty,
            UnlockKey = Bytes.Empty,
            AddressPools = [],
            SubnetSize = 0,
            DataPathPort = backup.Cluster.VxlanUdpPort,
        };
        return (keys, new Restoring(backup, self.NodeObject() with { Meta = MetaOf(now) }));
    }

    private static Meta MetaOf(DateTimeOffset now) => new()
    {
        Version = new ObjectVersion(1),
        CreatedAt = SwarmTime.From(now),
        UpdatedAt = SwarmTime.From(now),
    };
}
