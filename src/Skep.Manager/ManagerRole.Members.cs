using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using BlacklistedCertificate = Skep.Swarm.Objects.BlacklistedCertificate;
using EncryptionKey = Skep.Swarm.Objects.EncryptionKey;

namespace Skep.Manager;

// Who may speak to this manager, and the key that managers are unlocked with.
public sealed partial class ManagerRole
{
    /// <returns>SWMKEY-1-…, or "" when managers are not locked.</returns>
    public async Task<string> UnlockKeyAsync(CancellationToken stop)
    {
        if (driver is not { } raft || !ready.Task.IsCompletedSuccessfully)
        {
            throw new RefusedException(ErrorKind.Unavailable, "the manager is being prepared");
        }

        if (await port.FindLeaderAsync(stop) is { } leader)
        {
            try
            {
                GetUnlockKeyResponse answer = await leader.CallAsync(
                    SwarmKitMethods.CA.GetUnlockKey, new GetUnlockKeyRequest(), stop);
                return UnlockKey.FromBytes(answer.UnlockKey.Span)?.Text ?? "";
            }
            catch (RpcException e)
            {
                throw RpcErrors.ToRefusal(e);
            }
        }

        EncryptionKey? key = (await raft.Store.ReadAsync(stop)).Cluster?.UnlockKeys.FirstOrDefault(
            static one => one.Subsystem == NodeIdentity.ManagerName);
        return key is null ? "" : UnlockKey.FromBytes(key.Key.Span)?.Text ?? "";
    }

    private bool IsRemoved(NodeId node) =>
        driver?.Store.Committed.Cluster is { } cluster && cluster.BlacklistedCertificates.ContainsKey(node.Value);

    /// <summary>Cuts off who was removed, and who is a stranger under new roots.</summary>
    private async Task RecheckAsync(RaftDriver raft, RpcServer server, CancellationToken stop)
    {
        options.Credentials.Changed += server.Recheck;
        try
        {
            StoreWatch watch = raft.Store.Feed.Watch(ObjectKind.Cluster);
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
