using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Transport.Rpc;

/// <summary>
/// Who makes a call: what its certificate says, or what the manager that forwards the call says of it.
/// </summary>
public sealed record RpcCaller
{
    /// <summary>Certificate's CN. Empty: the caller showed no certificate.</summary>
    public NodeId Node { get; init; } = new("");

    /// <summary>Certificate's OU. Null: the caller showed no certificate.</summary>
    public NodeRole? Role { get; init; }

    /// <summary>Certificate's O. Empty: the caller showed no certificate.</summary>
    public ClusterId Cluster { get; init; } = new("");

    /// <summary>"address:port" the caller came from, as the first manager on the way saw it.</summary>
    public string RemoteAddress { get; init; } = "";

    /// <summary>The manager that sent the call on for the caller; null: it came directly.</summary>
    public RpcCaller? ForwardedBy { get; init; }

    /// <summary>
    /// The certificate is of this swarm but its time is over. Such a caller reaches the methods open to anyone only,
    /// so that it can ask for a new one.
    /// </summary>
    public bool IsExpired { get; init; }

    /// <summary>This very process: it came over the socket that only root can open.</summary>
    public bool IsLocal { get; init; }

    public bool IsAnonymous => Role is null;

    public bool IsManager => Role == NodeRole.Manager;
}
