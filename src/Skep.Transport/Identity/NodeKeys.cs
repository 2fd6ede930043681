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
    /// A worker is never locked, also not by a manager's part that has not ended yet. Going from open to locked marks
    /// the data keys for rotation: the old ones have been on the disk in the clear.
    /// For the same reason the node then renews its certificate, with a new key.
    /// </remarks>
    /// <returns>The same object when nothing changes.</returns>
    public NodeKeys WithLock(UnlockKey? unlockKey, ulong version)
    {
        bool isManager = Certificate.Identity.Role == NodeRole.Manager;
        if (!isManager || version <= LockVersion || Equals(unlockKey, Lock))
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
    /// <remarks>
    /// A node that becomes a manager gets data keys; one that is none any more keeps neither them nor a lock.
    /// </remarks>
    public NodeKeys WithIssued(IssuedIdentity issued)
    {
        NodeKeys next = this with { Certificate = issued.Certificate, Trust = issued.Trust };
        if (issued.Certificate.Identity.Role != NodeRole.Manager)
        {
            return next with { Lock = null, LockVersion = 0, DataKeys = null };
        }

        // Keys that are made now have never been on the disk in the clear, so none is marked for rotation.
        return DataKeys is null
            ? next with { Lock = issued.UnlockKey, LockVersion = issued.LockVersion, DataKeys = DataKeys.New() }
            : next.WithLock(issued.UnlockKey, issued.LockVersion);
    }

    /// <summary>Not the keys: they must not reach a log by accident.</summary>
    public override string ToString() => "node keys";
}
