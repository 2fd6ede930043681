using System.Net;
using Skep.Swarm;
using Skep.Transport.Identity;

namespace Skep.Transport.Rpc;

/// <summary>What a server of this node listens on and whom it lets in.</summary>
public sealed record RpcServerOptions
{
    /// <summary>TLS for nodes, joiners and other managers. Empty: none.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; init; } = [];

    /// <summary>
    /// Socket for this node's own agent, without TLS; in a folder that only root can enter. Null: none.
    /// </summary>
    public string? LocalSocket { get; init; }

    /// <summary>host:port that callers over the local socket are taken to come from; empty while unknown.</summary>
    public Func<string> LocalAddress { get; init; } = static () => "";

    /// <summary>Looked at in every handshake and every call, so that a change counts at once.</summary>
    public required NodeCredentials Credentials { get; init; }

    /// <summary>Asked at every call: the node was removed from the swarm, its certificate counts no more.</summary>
    public required Func<NodeId, bool> IsRemoved { get; init; }

    /// <summary>
    /// How long a connection may be silent before it is pinged, and then how long until it is given up. Asked for every
    /// new connection: it grows with the number of nodes. Kestrel takes no less than a second.
    /// </summary>
    public required Func<TimeSpan> KeepAlive { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}
