using Skep.Manager.Founding;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.SwarmMode;

/// <summary>Makes the first node of a swarm: its root, its own certificate, and the objects it begins with.</summary>
internal static class FoundingSteps
{
    public static (NodeKeys Keys, NewSwarm Swarm) Take(
        Founding founding, string availability, IdSource ids, DateTimeOffset now)
    {
        using CertificateAuthority authority = CertificateAuthority.NewRoot(now);
        var identity = new NodeIdentity(
            new NodeId(ids.NewObjectId()), NodeRole.Manager, new ClusterId(ids.NewObjectId()));
        NodeKey key = NodeKey.New();
        byte[] chain = authority.Issue(key.NewRequest(), identity, IdentityLimits.NodeLifetime, now);
        UnlockKey? unlockKey = founding.AutoLockManagers ? UnlockKey.New() : null;
        var keys = new NodeKeys(
            NodeCertificate.Load(chain, key), authority.Trust, DataKeys.New(), unlockKey, LockVersion: 0);
        RootDigest digest = authority.Trust.Digest;
        var swarm = new NewSwarm
        {
            Cluster = identity.Cluster,
            Node = identity.Node,
            Availability = AvailabilityOf(availability),
            RootCA = new RootCA
            {
                CAKey = Bytes.Owning(authority.ExportKey()),
                CACert = Bytes.CopyOf(authority.Trust.Bundle.Span),
                CACertHash = digest.ToString(),
                JoinTokens = new JoinTokens
                {
                    Worker = JoinToken.New(digest).Text,
                    Manager = JoinToken.New(digest).Text,
                },
            },
            UnlockKey = unlockKey is null ? Bytes.Empty : Bytes.Owning(unlockKey.ToBytes()),
            AddressPools = founding.AddressPools,
            SubnetSize = founding.SubnetSize,
            DataPathPort = founding.DataPathPort,
        };
        return (keys, swarm);
    }

    public static NodeAvailability AvailabilityOf(string text) => text switch
    {
        "pause" => NodeAvailability.Pause,
        "drain" => NodeAvailability.Drain,
        _ => NodeAvailability.Active,
    };
}
