using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Manager.Authority;

/// <summary>What a request for a certificate changes in the store, and who may make it.</summary>
/// <remarks>Pure: each is one transaction's work on one snapshot. The words are SwarmKit's (ca/server.go).</remarks>
internal static class NodeRequests
{
    /// <summary>The role a token is for. Both are compared, whatever the first says.</summary>
    public static NodeRole RoleOf(JoinTokens tokens, string given)
    {
        bool isManager = JoinToken.IsSame(tokens.Manager, given);
        bool isWorker = JoinToken.IsSame(tokens.Worker, given);
        return isManager || isWorker
            ? isManager ? NodeRole.Manager : NodeRole.Worker
            : throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument, "A valid join token is necessary to join this cluster");
    }

    /// <summary>The node that a token makes. This is the only place where nodes come from.</summary>
    public static Node NewNode(
        Cluster cluster, NodeId id, NodeRole role, NodeAvailability availability, Bytes request) => new()
    {
        Id = id,
        Role = role,
        Spec = new NodeSpec
        {
            DesiredRole = role,
            Membership = NodeMembership.Accepted,
            Availability = availability,
        },
        Certificate = Asked(id, role, request, IssuanceState.Pending),
        VxlanUdpPort = cluster.VxlanUdpPort,
    };

    /// <summary>The node that asks for its next certificate.</summary>
    /// <remarks>Its role is the one that the quorum has agreed on, not the one its user wants.</remarks>
    public static Node Renewing(StoreReader store, RpcCaller caller, Bytes request, DateTimeOffset now)
    {
        Node node = store.Nodes.Get(caller.Node) ?? throw SwarmRefusal.Of(
            SwarmCode.NotFound, $"node {caller.Node} not found when attempting to renew certificate");
        if (caller.IsExpired && !MayRenewExpired(node, now))
        {
            throw SwarmRefusal.Of(
                SwarmCode.PermissionDenied,
                $"Permission denied: the certificate of node {caller.Node} has expired, and a newer one was issued");
        }

        return node with { Certificate = Asked(node.Id, node.Role, request, IssuanceState.Renew) };
    }

    /// <summary>Whether the signer shall sign what the node asks for.</summary>
    public static bool IsWaiting(Node node) => node.Certificate.Status.State switch
    {
        IssuanceState.Renew => true,
        IssuanceState.Pending => node.Spec.Membership == NodeMembership.Accepted,
        _ => false,
    };

    /// <summary>Whether nothing more will happen to what the node asked for.</summary>
    public static bool IsFinal(Node node) => node.Certificate.Status.State
        is IssuanceState.Issued or IssuanceState.Failed or IssuanceState.Rotate;

    public static Node Issued(Node node, byte[] chain) => node with
    {
        Certificate = node.Certificate with
        {
            Pem = Bytes.Owning(chain),
            Status = new IssuanceStatus { State = IssuanceState.Issued },
        },
    };

    public static Node Failed(Node node, string reason) => node with
    {
        Certificate = node.Certificate with
        {
            Status = new IssuanceStatus { State = IssuanceState.Failed, Err = reason },
        },
    };

    /// <summary>How long the swarm's certificates live.</summary>
    public static TimeSpan Lifetime(Cluster cluster) =>
        cluster.Spec.CAConfig.NodeCertExpiry?.ToTimeSpan() ?? IdentityLimits.NodeLifetime;

    // The TLS handshake has proven that the caller has the key of a certificate that this CA once issued to the node.
    // That is enough while the node has nothing better. Once a newer certificate is alive, an expired one is either a
    // copy that somebody kept or a disk that was set back, and it counts for nothing.
    private static bool MayRenewExpired(Node node, DateTimeOffset now)
    {
        if (node.Spec.Membership != NodeMembership.Accepted)
        {
            return false;
        }

        if (node.Certificate.Pem.IsEmpty)
        {
            return true;
        }

        try
        {
            using X509Certificate2 newest = Pem.ReadCertificates(node.Certificate.Pem.Span)[0];
            return newest.NotAfter.ToUniversalTime() < now.UtcDateTime;
        }
        catch (BadCertificateException)
        {
            return true;
        }
    }

    private static Certificate Asked(NodeId id, NodeRole role, Bytes request, IssuanceState state) => new()
    {
        CN = id.Value,
        Role = role,
        Csr = request,
        Status = new IssuanceStatus { State = state },
    };
}
