using Skep.Swarm.Objects;

namespace Skep.Transport.Identity;

/// <summary>Everything a node must keep to be who it is: written together, in one step.</summary>
/// <param name="Certificate">Certificate, chain and private key.</param>
/// <param name="Trust">The swarm's roots.</param>
/// <param name="DataKeys">A manager's; null on a worker.</param>
/// <param name="Lock">The key the file is locked with; null: it is not.</param>
/// <param name="LockVersion">Version of the cluster object that the lock was taken from. An older one never
/// replaces it.</param>
public sealed record NodeKeys(
    NodeCertificate Certificate, RootTrust Trust, DataKeys? DataKeys, UnlockKey? Lock, ulong LockVersion)
{
    /// <summary>What it becomes when the cluster object has that unlock key.</summary>
    /// <param name="unlockKey">Null: managers shall not be locked.</param>
    /// <remarks>
    /// Going from open to locked marks the data keys for rotation: the old ones have been on the disk in the clear.
    /// For the same reason the node then renews its certificate, with a new key.
    /// </remarks>
    /// <returns>The same object when nothing changes.</returns>
    public NodeKeys WithLock(UnlockKey? unlockKey, ulong version)
    {
        if (version <= LockVersion || Equals(unlockKey, Lock))
        {
            return this;
        }

        bool isNewlyLocked = Lock is null && unlockKey is not null;
        return this with
        {
            Lock = unlockKey,
            LockVersion = version,
            DataKeys = isNewlyLocked && DataKeys is { } keys ? keys with { NeedsRotation = true } : DataKeys,
        };
    }

    /// <summary>What it becomes with a certificate that was issued to this node.</summary>
    /// <remarks>A node that is no manager any more keeps neither a lock nor data keys.</remarks>
    public NodeKeys WithIssued(IssuedIdentity issued)
    {
        NodeKeys next = this with { Certificate = issued.Certificate, Trust = issued.Trust };
        return issued.Certificate.Identity.Role == NodeRole.Manager
            ? next.WithLock(issued.UnlockKey, issued.LockVersion)
            : next with { Lock = null, LockVersion = 0, DataKeys = null };
    }

    /// <summary>Not the keys: they must not reach a log by accident.</summary>
    public override string ToString() => "node keys";
}
