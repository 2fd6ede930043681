using Microsoft.AspNetCore.Http;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Transport.Rpc;

/// <summary>
/// Decides of every call who makes it and whether it may. Nothing of a caller's own words is believed.
/// </summary>
/// <remarks>
/// The words of the refusals are SwarmKit's. A worker that claims to forward for another node is refused whatever the
/// method; a manager may forward, for members of this swarm and for callers without a certificate.
/// </remarks>
internal sealed class RpcGuard(RpcServerOptions options)
{
    /// <exception cref="RpcException">The call is refused.</exception>
    public void Admit(RpcCall call, RpcRoute route)
    {
        IHeaderDictionary headers = call.Request.Headers;
        if (call.Request.Method != "POST" || !IsGrpc(headers.ContentType.ToString()))
        {
            throw new RpcException(RpcStatus.Unimplemented, "this port speaks gRPC");
        }

        RpcCaller caller = Caller(call, headers);
        if (!caller.IsLocal)
        {
            CheckRemoved(caller);
            CheckRole(caller, route);
        }

        TimeSpan? deadline = null;
        if (headers.GrpcTimeout is { Count: > 0 } timeout)
        {
            deadline = RpcText.TryReadTimeout(timeout.ToString(), out TimeSpan limit)
                ? limit < RpcLimits.DeadlineMax ? limit : RpcLimits.DeadlineMax
                : throw new RpcException(RpcStatus.Internal, "malformed grpc-timeout");
        }

        if (call.Peer is { } peer && !peer.TryEnter(CallsMax(caller)))
        {
            throw new RpcException(RpcStatus.ResourceExhausted, "too many calls at once on this connection");
        }

        call.Admit(caller, deadline);
    }

    public void Leave(RpcCall call) => call.Peer?.Leave();

    /// <summary>Whether a caller that was admitted before would still be.</summary>
    public bool IsStillMember(RpcPeer peer, out string refusal)
    {
        RpcCaller? caller = peer.Caller(options.Time.GetUtcNow(), out refusal);
        if (caller is not null && !caller.IsAnonymous && options.IsRemoved(caller.Node))
        {
            refusal = "the node was removed from the swarm";
            return false;
        }

        return caller is not null;
    }

    private RpcCaller Caller(RpcCall call, IHeaderDictionary headers)
    {
        if (call.Peer is null)
        {
            return new RpcCaller
            {
                Node = options.Credentials.Node,
                Role = options.Credentials.Role,
                Cluster = options.Credentials.Cluster,
                RemoteAddress = options.LocalAddress(),
                IsLocal = true,
            };
        }

        RpcCaller direct = call.Peer.Caller(options.Time.GetUtcNow(), out string refusal)
            ?? throw Denied(refusal);
        return headers.TryGetValue(RpcNames.Forwarded, out var forwarded) && forwarded == "true"
            ? Forwarded(direct, headers)
            : direct;
    }

    private RpcCaller Forwarded(RpcCaller forwarder, IHeaderDictionary headers)
    {
        if (!forwarder.IsManager || forwarder.IsExpired)
        {
            options.Log.Warn(
                "a caller that may not forward did", ("node", forwarder.Node.Value), ("from", forwarder.RemoteAddress));
            throw Denied("Permission denied: unauthorized forwarder role: " + WrongRole(RpcAccess.Manager));
        }

        CheckRemoved(forwarder);
        string node = headers[RpcNames.ForwardedNode].ToString();
        string cluster = headers[RpcNames.ForwardedCluster].ToString();
        NodeRole? role = RoleOf(headers[RpcNames.ForwardedRole].ToString());

        var caller = new RpcCaller
        {
            Node = new(node),
            Cluster = new(cluster),
            Role = role,
            RemoteAddress = headers[RpcNames.RemoteAddress].ToString(),
            IsExpired = headers[RpcNames.ForwardedExpired] == "true",
            ForwardedBy = forwarder,
        };

        // A joiner has no certificate, and its manager says so with empty values: they are not a member's.
        bool isBlank = node.Length == 0 && cluster.Length == 0 && role is null;
        if (!isBlank && (node.Length == 0 || cluster.Length == 0 || role is null))
        {
            throw Denied("Permission denied: missing information in forwarded request");
        }

        ClusterId own = options.Credentials.Cluster;
        return isBlank || caller.Cluster == own
            ? caller
            : throw Denied($"Permission denied: organization mismatch, expecting: {own.Value}");
    }

    private void CheckRemoved(RpcCaller caller)
    {
        if (!caller.IsAnonymous && options.IsRemoved(caller.Node))
        {
            options.Log.Info(
                "a removed node is refused", ("node", caller.Node.Value), ("from", caller.RemoteAddress));
            throw Denied($"Permission denied: node {caller.Node.Value} was removed from swarm");
        }
    }

    private void CheckRole(RpcCaller caller, RpcRoute route)
    {
        if (route.Access.HasFlag(RpcAccess.Anyone))
        {
            return;
        }

        string refusal = caller switch
        {
            { IsAnonymous: true, ForwardedBy: not null } =>
                "Permission denied: missing information in forwarded request",
            { IsAnonymous: true } => "Permission denied: unauthorized peer role: no client certificates in request",
            { IsExpired: true } => "Permission denied: the certificate has expired",
            _ when !Allows(route.Access, caller.Role) && caller.ForwardedBy is not null =>
                $"Permission denied: unauthorized forwarded role, expecting: [{Units(route.Access)}]",
            _ when !Allows(route.Access, caller.Role) =>
                "Permission denied: unauthorized peer role: " + WrongRole(route.Access),
            _ => "",
        };
        if (refusal.Length > 0)
        {
            options.Log.Info(
                "a call is refused",
                ("method", route.Path),
                ("node", caller.Node.Value),
                ("from", caller.RemoteAddress),
                ("reason", refusal));
            throw Denied(refusal);
        }
    }

    private static int CallsMax(RpcCaller caller) => caller switch
    {
        { ForwardedBy: not null } or { IsManager: true } => RpcLimits.CallsPerConnectionMax,
        { IsAnonymous: true } => RpcLimits.AnonymousCallsMax,
        _ => RpcLimits.WorkerCallsMax,
    };

    private static bool Allows(RpcAccess access, NodeRole? role) => role switch
    {
        NodeRole.Manager => (access & RpcAccess.Manager) != 0,
        NodeRole.Worker => (access & RpcAccess.Worker) != 0,
        _ => false,
    };

    private static NodeRole? RoleOf(string unit) => unit switch
    {
        NodeIdentity.ManagerName => NodeRole.Manager,
        NodeIdentity.WorkerName => NodeRole.Worker,
        _ => null,
    };

    private static bool IsGrpc(string contentType) =>
        contentType.StartsWith("application/grpc", StringComparison.Ordinal)
        && (contentType.Length == 16 || contentType[16] is '+' or ';');

    private static string WrongRole(RpcAccess wanted) =>
        $"Permission denied: remote certificate not part of OUs: [{Units(wanted)}]";

    private static string Units(RpcAccess access) => access switch
    {
        RpcAccess.Manager => NodeIdentity.ManagerName,
        RpcAccess.Worker => NodeIdentity.WorkerName,
        _ => $"{NodeIdentity.WorkerName} {NodeIdentity.ManagerName}",
    };

    private static RpcException Denied(string detail) => new(RpcStatus.PermissionDenied, detail);
}
