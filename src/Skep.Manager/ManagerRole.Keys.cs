using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using BlacklistedCertificate = Skep.Swarm.Objects.BlacklistedCertificate;
using Cluster = Skep.Swarm.Objects.Cluster;

namespace Skep.Manager;

// The keys on this manager's disk follow the cluster object: locked or not, with which key, and new ones when needed.
public sealed partial class ManagerRole
{
    private const string LockSubsystem = "swarm-manager";

    /// <returns>SWMKEY-1-…, or "" when managers are not locked.</returns>
    public async Task<string> UnlockKeyAsync(CancellationToken stop)
    {
        if (driver is not { } raft || !ready.Task.IsCompletedSuccessfully)
        {
            throw new RefusedException(ErrorKind.Unavailable, "the manager is being prepared");
        }

        if (await port.FindLeaderAsync(stop) is { } leader)
        {
            GetUnlockKeyResponse answer = await leader.CallAsync(
                SwarmKitMethods.CA.GetUnlockKey, new GetUnlockKeyRequest(), stop);
            return UnlockKey.FromBytes(answer.UnlockKey.Span)?.Text ?? "";
        }

        return LockOf((await raft.Store.ReadAsync(stop)).Cluster)?.Text ?? "";
    }

    private static UnlockKey? LockOf(Cluster? cluster) =>
        cluster?.UnlockKeys.FirstOrDefault(static key => key.Subsystem == LockSubsystem) is { } found
            ? UnlockKey.FromBytes(found.Key.Span)
            : null;

    private async Task KeepKeysAsync(RaftDriver raft, CancellationToken stop)
    {
        StoreWatch watch = raft.Store.Feed.Watch();
        await RotateAsync(raft, stop);
        while (true)
        {
            if (raft.Store.Committed.Cluster is { } cluster)
            {
                bool wasLocked = options.KeyFile.Keys.Lock is not null;
                NodeKeys now = options.KeyFile.Update(
                    keys => keys.WithLock(LockOf(cluster), cluster.Meta.Version.Index));
                if (!wasLocked && now.Lock is not null)
                {
                    options.OnNewlyLocked();
                }

                await RotateAsync(raft, stop);
            }

            await watch.NextAsync(stop);
        }
    }

    // In an order that may stop anywhere: the pending key is on the disk before anything is written with it.
    private async Task RotateAsync(RaftDriver raft, CancellationToken stop)
    {
        while (options.KeyFile.Keys.DataKeys is { } keys && (keys.NeedsRotation || keys.Pending is not null))
        {
            NodeKeys begun = options.KeyFile.Update(
                static now => now with { DataKeys = now.DataKeys?.WithRotationBegun() });
            var rotation = new PendingRotation(Keys(begun.DataKeys));
            raft.Request(rotation);
            await rotation.Outcome.WaitAsync(stop);
            options.KeyFile.Update(static now => now with { DataKeys = now.DataKeys?.WithRotationDone() });
            options.Log.Info("the log of the swarm has a new key");
        }
    }

    /// <summary>Cuts off who was removed, and who is a stranger under new roots.</summary>
    private async Task RecheckAsync(RaftDriver raft, RpcServer server, CancellationToken stop)
    {
        options.Credentials.Changed += server.Recheck;
        try
        {
            StoreWatch watch = raft.Store.Feed.Watch();
            ValueMap<BlacklistedCertificate> refused = raft.Store.Committed.Cluster?.BlacklistedCertificates ?? default;
            while (true)
            {
                WatchStep step = await watch.NextAsync(stop);
                ValueMap<BlacklistedCertificate> now = step.Now.Cluster?.BlacklistedCertificates ?? default;
                if (now != refused)
                {
                    refused = now;
                    server.Recheck();
                }
            }
        }
        finally
        {
            options.Credentials.Changed -= server.Recheck;
        }
    }
}
