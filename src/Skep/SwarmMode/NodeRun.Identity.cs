using Skep.Manager.Backup;
using Skep.Manager.Founding;
using Skep.Swarm;
using Skep.Transport.Identity;

namespace Skep.SwarmMode;

// Who the node is: from the disk, as the founder of a swarm, or from a manager of the swarm it joins.
internal sealed partial class NodeRun
{
    private volatile KeyFile? keyFile;
    private volatile NodeCredentials? credentials;

    /// <summary>Opens the node's keys, or makes them.</summary>
    /// <returns>What a founded or restored swarm begins with; nothing: the swarm is there already.</returns>
    /// <exception cref="RefusedException">The keys are locked, or nobody gave this node any.</exception>
    private async Task<Beginning> OpenIdentityAsync(NodeStart next, CancellationToken stop)
    {
        folder.Create();
        KeyFile file = KeyFile.Load(parts.Disk, folder.KeyFile);
        Beginning begun = Beginning.Nothing;
        switch (file.State)
        {
            case KeyFileState.Locked:
                Unlock(file, next);
                break;
            case KeyFileState.Missing when next.Founding is { } founding:
                (NodeKeys keys, NewSwarm founded) = FoundingSteps.Take(
                    founding, settings.Availability, parts.Ids, parts.Time.GetUtcNow());
                file.Create(keys);
                begun = new Beginning(founded, null);
                break;
            case KeyFileState.Missing when next.Backup is { } backup:
                (NodeKeys restoredKeys, Restoring restoring) = RestoreSteps.Take(
                    backup, parts.Ids, parts.Time.GetUtcNow());
                file.Create(restoredKeys);
                begun = new Beginning(null, restoring);
                break;
            case KeyFileState.Missing:
                file.Create(await JoinAsync(next, stop));
                break;
            default:
                break;
        }

        isLocked = false;
        keyFile = file;
        credentials = new NodeCredentials(file.Keys.Certificate, file.Keys.Trust, parts.Time);
        Save(now => now with { IsBeginning = begun != Beginning.Nothing });
        return begun;
    }

    /// <summary>The state that a manager's log begins with when there is none yet.</summary>
    private sealed record Beginning(NewSwarm? Founded, Restoring? Restoring)
    {
        public static readonly Beginning Nothing = new(null, null);
    }

    private void Unlock(KeyFile file, NodeStart next)
    {
        isLocked = true;
        if (next.UnlockKey.Length == 0)
        {
            throw new RefusedException(ErrorKind.Unavailable, SwarmWords.Locked);
        }

        if (!file.Unlock(UnlockKey.Parse(next.UnlockKey)))
        {
            throw new RefusedException(
                ErrorKind.Unauthorized, "swarm could not be unlocked: invalid key provided");
        }
    }
}
