using Skep.Manager.Backup;
using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Store;

namespace Skep.Manager;

// Out of a running swarm into a file, and from a file to a swarm again.
public sealed partial class ManagerRole
{
    /// <summary>Writes everything that was acknowledged before the call, sealed.</summary>
    /// <param name="passphrase">Empty: the unlock key is taken, if managers are locked.</param>
    /// <exception cref="RefusedException">There is nothing to seal it with, or no quorum.</exception>
    public async Task<ReadOnlyMemory<byte>> BackupAsync(string passphrase, CancellationToken stop)
    {
        if (driver is not { } raft || !ready.Task.IsCompletedSuccessfully)
        {
            throw new RefusedException(ErrorKind.Unavailable, "the manager is being prepared");
        }

        string secret = passphrase.Length > 0 ? passphrase : await UnlockKeyAsync(stop);
        if (secret.Length == 0)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "a backup holds every secret of the swarm and the key of its CA, so it is sealed: give a passphrase, " +
                "or turn autolock on to seal it with the unlock key");
        }

        StoreSnapshot now = await raft.Store.ReadAsync(stop);
        using var target = new MemoryStream();
        await SealedFile.WriteAsync(target, SwarmBackup.Write(now, raft.Status.Value.Members), secret, stop);
        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }

    private RaftStorage CreateRestored(Restoring restoring, StorageKeys keys, StorageIdentity identity)
    {
        var self = new Member(identity.RaftId, options.Credentials.Node, options.AdvertiseAddress);
        Snapshot snapshot = restoring.Backup.ToSnapshot(self, restoring.Manager);
        using (RaftStorage storage = RaftStorage.Create(options.Disk, options.Folder, keys, identity))
        {
            storage.InstallSnapshot(snapshot, new HardState(snapshot.Meta.Term, 0, snapshot.Meta.Index));
        }

        return RaftStorage.Open(options.Disk, options.Folder, keys, identity.ClusterId, identity.NodeId);
    }
}
