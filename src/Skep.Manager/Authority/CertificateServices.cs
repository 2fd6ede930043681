using Google.Protobuf;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using Objects = Skep.Swarm.Objects;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;

namespace Skep.Manager.Authority;

/// <summary>SwarmKit's CA and NodeCA services: roots, certificates for tokens and renewals, the unlock key.</summary>
/// <remarks>
/// Asking and waiting are two calls, since an external CA may take long. When the CA is our own, the certificate is
/// signed before the request is written, and one write makes the node together with its certificate. The methods are
/// open to strangers: a stranger gets as far as the comparison with two tokens, and writes nothing.
/// </remarks>
public sealed class CertificateServices(
    ReplicatedStore store, AuthorityKeeper keeper, IdSource ids, TimeProvider time, Log log)
{
    /// <summary>The roots are told by every manager; the rest is the leader's.</summary>
    public void Map(RpcRoutes routes, FindLeader findLeader)
    {
        routes.Unary(
            SwarmKitMethods.CA.GetRootCACertificate, RpcAccess.Anyone, (_, _, _) => Task.FromResult(Roots()));
        routes.AtLeader(findLeader)
            .Unary(SwarmKitMethods.CA.GetUnlockKey, RpcAccess.Manager, (_, _, stop) => UnlockKeyAsync(stop))
            .Unary(SwarmKitMethods.NodeCA.IssueNodeCertificate, RpcAccess.Anyone, IssueAsync)
            .Unary(
                SwarmKitMethods.NodeCA.NodeCertificateStatus,
                RpcAccess.Anyone,
                (request, _, stop) => StatusAsync(request, stop));
    }

    private GetRootCACertificateResponse Roots() =>
        new() { Certificate = ByteString.CopyFrom(ClusterOf(store.Committed).RootCA.CACert.Span) };

    private async Task<GetUnlockKeyResponse> UnlockKeyAsync(CancellationToken stop)
    {
        Objects.Cluster cluster = ClusterOf(await store.ReadAsync(stop));
        Objects.EncryptionKey? key = cluster.Spec.EncryptionConfig.AutoLockManagers
            ? cluster.UnlockKeys.FirstOrDefault(one => one.Subsystem == ClusterChanges.ManagerSubsystem)
            : null;
        return new GetUnlockKeyResponse
        {
            UnlockKey = key is null ? ByteString.Empty : ByteString.CopyFrom(key.Key.Span),
            Version = PlainWire.ToWire(cluster.Meta.Version),
        };
    }

    private async Task<IssueNodeCertificateResponse> IssueAsync(
        IssueNodeCertificateRequest request, RpcCaller caller, CancellationToken stop)
    {
        try
        {
            SigningRequest.Parse(request.Csr.Span);
        }
        catch (BadCertificateException e)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, e.Message);
        }

        Objects.Bytes csr = Objects.Bytes.CopyOf(request.Csr.Span);
        Objects.Node asking = caller.IsAnonymous
            ? await JoinAsync(request, csr, stop)
            : await RenewAsync(caller, csr, stop);
        return new IssueNodeCertificateResponse
        {
            NodeId = asking.Id.Value,
            NodeMembership = (NodeSpec.Types.Membership)asking.Spec.Membership,
        };
    }

    private async Task<Objects.Node> JoinAsync(
        IssueNodeCertificateRequest request, Objects.Bytes csr, CancellationToken stop)
    {
        var availability = (Objects.NodeAvailability)request.Availability;
        for (int attempt = 0; attempt < AuthorityLimits.WriteAttempts; attempt++)
        {
            Objects.Cluster cluster = ClusterOf(store.Newest);
            Objects.NodeRole role = NodeRequests.RoleOf(cluster.RootCA.JoinTokens, request.Token);
            Objects.Node node = SignIfOurs(
                cluster,
                NodeRequests.NewNode(cluster, new NodeId(ids.NewObjectId()), role, availability, csr));
            Objects.Node? made = await store.UpdateAsync(
                transaction => transaction.Cluster?.RootCA == cluster.RootCA && transaction.Nodes.Get(node.Id) is null
                    ? transaction.Create(node)
                    : null,
                stop);
            if (made is not null)
            {
                log.Info("a node joins", ("node", made.Id), ("role", NodeIdentity.RoleName(role)));
                return made;
            }
        }

        throw Busy();
    }

    private async Task<Objects.Node> RenewAsync(RpcCaller caller, Objects.Bytes csr, CancellationToken stop)
    {
        for (int attempt = 0; attempt < AuthorityLimits.WriteAttempts; attempt++)
        {
            StoreSnapshot now = store.Newest;
            Objects.Cluster cluster = ClusterOf(now);
            Objects.Node node =
                SignIfOurs(cluster, NodeRequests.Renewing(now, caller, csr, time.GetUtcNow()));
            Objects.Node? renewed = await store.UpdateAsync(
                transaction => transaction.Cluster?.RootCA == cluster.RootCA
                    && transaction.Nodes.Get(node.Id)?.Meta.Version == node.Meta.Version
                        ? transaction.Update(node)
                        : null,
                stop);
            if (renewed is not null)
            {
                log.Debug("a node renews its certificate", ("node", renewed.Id), ("expired", caller.IsExpired));
                return renewed;
            }
        }

        throw Busy();
    }

    // With an external CA, and with one that cannot sign, the request is written as it is, and the signer goes on.
    private Objects.Node SignIfOurs(Objects.Cluster cluster, Objects.Node node)
    {
        if (ExternalAuthorities.Urls(cluster).Count > 0)
        {
            return node;
        }

        try
        {
            var identity = new NodeIdentity(node.Id, node.Certificate.Role, cluster.Id);
            return keeper.Open(cluster.RootCA) is { } authority
                ? NodeRequests.Issued(
                    node,
                    authority.Issue(
                        node.Certificate.Csr.Span, identity, NodeRequests.Lifetime(cluster), time.GetUtcNow()))
                : node;
        }
        catch (BadCertificateException e)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, e.Message);
        }
    }

    private async Task<NodeCertificateStatusResponse> StatusAsync(
        NodeCertificateStatusRequest request, CancellationToken stop)
    {
        if (request.NodeId.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "InvalidArgument");
        }

        // The request may have been written through a leader before this one.
        await store.ReadAsync(stop);
        StoreWatch watch = store.Feed.Watch(Objects.ObjectKind.Node);
        StoreSnapshot now = watch.Start;
        while (true)
        {
            Objects.Node node = now.Nodes.Get(new NodeId(request.NodeId))
                ?? throw SwarmRefusal.Of(SwarmCode.NotFound, "NotFound");
            if (NodeRequests.IsFinal(node))
            {
                return new NodeCertificateStatusResponse
                {
                    Status = CertificateWire.ToWire(node.Certificate.Status),
                    Certificate = CertificateWire.ToWire(node.Certificate),
                };
            }

            now = (await watch.NextAsync(stop)).Now;
        }
    }

    private static Objects.Cluster ClusterOf(StoreSnapshot now) => now.Cluster
        ?? throw SwarmRefusal.Of(SwarmCode.Aborted, "CA signer is still starting");

    private static RefusedException Busy() =>
        SwarmRefusal.Of(SwarmCode.Unavailable, "the swarm changes too fast to issue a certificate: try again");
}
