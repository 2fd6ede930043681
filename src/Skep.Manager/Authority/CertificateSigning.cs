using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Identity;

namespace Skep.Manager.Authority;

/// <summary>Signs, while this manager leads, the requests that stand in the store without an answer.</summary>
/// <remarks>
/// Those are the ones for an external CA, and what a leader before us has left. What cannot be signed now is tried
/// again later; what never will be is marked as failed. One loop owns the list of what waits.
/// </remarks>
public sealed class CertificateSigning(
    ReplicatedStore store,
    Latest<DriverStatus> status,
    AuthorityKeeper keeper,
    ExternalSigner external,
    TimeProvider time,
    Log log)
{
    private readonly SortedSet<string> waiting = new(StringComparer.Ordinal);
    private DateTimeOffset retryAt;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await status.WaitAsync(static one => one.Leadership.IsLeader, stop);
            StoreWatch watch = store.Feed.Watch(ObjectKind.Node, ObjectKind.Cluster);
            AddAll(watch.Start);
            while (true)
            {
                // Taken before the look, so that what happens during it is not overslept.
                (DriverStatus now, Task changed) = status.Read();
                if (!now.Leadership.IsLeader)
                {
                    break;
                }

                await SignAllAsync(stop);
                await WaitAsync(watch, changed, stop);
                while (watch.TryNext() is { } step)
                {
                    Add(step);
                }
            }
        }
    }

    /// <summary>
    /// Signs what waits. Stops at the first that an external CA did not take: the rest would fare the same.
    /// </summary>
    private async Task SignAllAsync(CancellationToken stop)
    {
        if (time.GetUtcNow() < retryAt)
        {
            return;
        }

        foreach (string id in waiting.ToArray())
        {
            StoreSnapshot now = store.Newest;
            Node? node = now.Nodes.Get(new NodeId(id));
            if (node is null || !NodeRequests.IsWaiting(node) || now.Cluster is not { } cluster)
            {
                waiting.Remove(id);
                continue;
            }

            try
            {
                await AnswerAsync(node, await SignAsync(cluster, node, stop), stop);
                waiting.Remove(id);
            }
            catch (NotSignedException e) when (e.MayWorkLater)
            {
                log.Warn("failed to sign CSR", ("node", id), ("error", e.Message));
                retryAt = time.GetUtcNow() + AuthorityLimits.SignAgain;
                return;
            }
            catch (Exception e) when (e is NotSignedException or BadCertificateException)
            {
                log.Error("failed to sign CSR", ("node", id), ("error", e.Message));
                await AnswerAsync(node, NodeRequests.Failed(node, e.Message), stop);
                waiting.Remove(id);
            }
            catch (RefusedException e)
            {
                log.Warn("a signed certificate was not written", ("node", id), ("error", e.Message));
                retryAt = time.GetUtcNow() + AuthorityLimits.SignAgain;
                return;
            }
        }
    }

    private async Task<Node> SignAsync(Cluster cluster, Node node, CancellationToken stop)
    {
        var identity = new NodeIdentity(node.Id, node.Certificate.Role, cluster.Id);
        IReadOnlyList<string> urls = ExternalAuthorities.Urls(cluster);
        if (urls.Count > 0)
        {
            RootTrust trust = TrustOf(cluster.RootCA);
            byte[] appended = cluster.RootCA.RootRotation?.CrossSignedCACert.ToArray() ?? [];
            return NodeRequests.Issued(
                node,
                await external.SignAsync(urls, trust, node.Certificate.Csr.Memory, identity, appended, stop));
        }

        CertificateAuthority authority = keeper.Open(cluster.RootCA)
            ?? throw new NotSignedException("no valid signer found", mayWorkLater: true);
        byte[] chain = authority.Issue(
            node.Certificate.Csr.Span, identity, NodeRequests.Lifetime(cluster), time.GetUtcNow());
        return NodeRequests.Issued(node, chain);
    }

    /// <summary>Writes the answer, if the node still asks the same.</summary>
    private Task AnswerAsync(Node asked, Node answered, CancellationToken stop) => store.UpdateAsync(
        transaction =>
        {
            if (transaction.Nodes.Get(asked.Id) is { } now
                && NodeRequests.IsWaiting(now)
                && now.Certificate.Csr == asked.Certificate.Csr
                && now.Certificate.Role == asked.Certificate.Role)
            {
                transaction.Update(now with { Certificate = answered.Certificate });
            }
        },
        stop);

    private async Task WaitAsync(StoreWatch watch, Task changed, CancellationToken stop)
    {
        if (waiting.Count == 0)
        {
            // As good as always. Every write of the swarm comes by here: a wait that had to be given up afterwards
            // would cost more than the look itself.
            await Task.WhenAny(watch.Written(), changed).WaitAsync(stop);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        TimeSpan pause = retryAt - time.GetUtcNow();
        Task again = Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, time, end.Token);
        await Task.WhenAny(watch.Written(), again, changed);
        await end.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    private void Add(WatchStep step)
    {
        if (step.MustResync)
        {
            AddAll(step.Now);
            return;
        }

        foreach (StoreChange change in step.Commits.SelectMany(commit => commit.Changes))
        {
            if (change.Object is Node node && NodeRequests.IsWaiting(node))
            {
                waiting.Add(node.Id.Value);
            }
        }
    }

    private void AddAll(StoreSnapshot now)
    {
        waiting.Clear();
        waiting.UnionWith(now.Nodes.All.Where(NodeRequests.IsWaiting).Select(node => node.Id.Value));
    }

    private static RootTrust TrustOf(RootCA root) => RootTrust.Parse(
        root.RootRotation is { } rotation
            ? [.. root.CACert.Span, .. "\n"u8, .. rotation.CACert.Span]
            : root.CACert.Span);
}
