using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Identity;

namespace Skep.Manager.Authority;

/// <summary>
/// Keeps a manager's keys as the cluster object wants them: the lock, the data keys, and its own certificate.
/// </summary>
/// <remarks>
/// Runs on every manager, from what it has applied itself. When managers are newly locked, what stood on the disk in
/// the
/// clear is replaced: the data keys are rotated, and the certificate is renewed with a new key. One loop owns it all.
/// </remarks>
/// <param name="renewNow">Asks for a new certificate soon.</param>
public sealed class ManagerKeys(
    KeyFile file,
    NodeCredentials credentials,
    RaftDriver driver,
    AuthorityKeeper keeper,
    Action renewNow,
    TimeProvider time,
    Log log)
{
    private (NodeCertificate? Of, DateTimeOffset From, DateTimeOffset Until) lifetime;

    public async Task RunAsync(CancellationToken stop)
    {
        StoreWatch watch = driver.Store.Feed.Watch();
        StoreSnapshot now = watch.Start;
        while (true)
        {
            RenewOwn(now);
            Follow(now.Cluster);
            if (await RotateAsync(stop))
            {
                now = (await watch.NextAsync(stop)).Now;
            }
            else
            {
                await Task.Delay(AuthorityLimits.RotateAgain, time, stop);
                now = watch.TryNext()?.Now ?? now;
            }
        }
    }

    /// <summary>Locks the key file as the cluster object says.</summary>
    private void Follow(Cluster? cluster)
    {
        if (cluster is null)
        {
            return;
        }

        EncryptionKey? stored =
            cluster.UnlockKeys.FirstOrDefault(one => one.Subsystem == ClusterChanges.ManagerSubsystem);
        UnlockKey? wanted = stored is null ? null : UnlockKey.FromBytes(stored.Key.Span);
        UnlockKey? before = file.Keys.Lock;
        UnlockKey? after = file.Update(keys => keys.WithLock(wanted, cluster.Meta.Version.Index)).Lock;
        if (before is null && after is not null)
        {
            log.Info("this manager's keys are locked from now on");
            renewNow();
        }
        else if (!Equals(before, after))
        {
            log.Info(after is null ? "this manager's keys are not locked any more" : "the lock has a new key");
        }
    }

    /// <summary>
    /// Takes the rotation of the data key as far as it goes. Each step is on the disk before the next.
    /// </summary>
    /// <returns>False: it did not come to its end, and shall be tried again.</returns>
    private async Task<bool> RotateAsync(CancellationToken stop)
    {
        while (file.Keys.DataKeys is { } due && (due.NeedsRotation || due.Pending is not null))
        {
            NodeKeys begun = file.Update(keys => keys with { DataKeys = keys.DataKeys?.WithRotationBegun() });
            if (begun.DataKeys is not { Pending: { } pending } now)
            {
                return true; // It is no manager any more: there is nothing left to encrypt.
            }

            var rotation = new PendingRotation(new StorageKeys(new DataKey(pending), new DataKey(now.Current)));
            driver.Request(rotation);
            try
            {
                await rotation.Outcome.WaitAsync(stop);
            }
            catch (RefusedException e)
            {
                log.Warn("the log's key was not rotated yet", ("error", e.Message));
                return false;
            }

            file.Update(keys => keys with { DataKeys = keys.DataKeys?.WithRotationDone() });
            log.Info("the log has a new key");
        }

        return true;
    }

    /// <summary>
    /// Looked at after every commit, so it must cost nothing: a whole verdict is a millisecond of cryptography.
    /// </summary>
    private bool IsInItsTime()
    {
        if (lifetime.Of != credentials.Certificate)
        {
            NodeCertificate own = credentials.Certificate;
            lifetime = (own, own.NotBefore, own.NotAfter);
        }

        DateTimeOffset now = time.GetUtcNow();
        return lifetime.From <= now && now < lifetime.Until;
    }

    /// <summary>
    /// Issues this manager's own certificate when the one it has is over and the CA's key is in its store.
    /// </summary>
    /// <remarks>
    /// When all managers were off for longer than their certificates live, none would accept another, and so no leader
    /// could be elected to renew them. Each holds the CA's key in its own log, so none needs to ask.
    /// </remarks>
    private void RenewOwn(StoreSnapshot now)
    {
        if (IsInItsTime())
        {
            return;
        }

        TrustState state = credentials.OwnVerdict.State;
        if (state is not (TrustState.Expired or TrustState.NotYetValid)
            || now.Cluster is not { } cluster
            || now.Nodes.Get(credentials.Node) is not { Role: NodeRole.Manager } self)
        {
            return;
        }

        try
        {
            if (keeper.Open(cluster.RootCA) is not { } authority)
            {
                log.Warn("this manager's certificate has expired, and only the external CA can issue another");
                return;
            }

            using NodeKey key = NodeKey.New();
            var identity = new NodeIdentity(self.Id, self.Role, cluster.Id);
            byte[] chain =
                authority.Issue(key.NewRequest(), identity, NodeRequests.Lifetime(cluster), time.GetUtcNow());
            NodeCertificate certificate = NodeCertificate.Load(chain, key);
            file.Update(keys => keys with { Certificate = certificate, Trust = authority.Trust });
            credentials.Replace(certificate, authority.Trust);
            log.Warn("this manager's certificate was over; it has issued itself another", ("state", state));
        }
        catch (BadCertificateException e)
        {
            log.Error("this manager's certificate is over and cannot be issued again", ("error", e.Message));
        }
    }
}
