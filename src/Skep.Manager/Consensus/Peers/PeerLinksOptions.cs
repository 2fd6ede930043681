using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>How this manager reaches the others.</summary>
public sealed record PeerLinksOptions
{
    /// <summary>
    /// A channel to a manager's address, as a manager. Pings are for peers of our make: Docker's end a connection that
    /// sends many.
    /// </summary>
    public required Func<string, TimeSpan?, RpcChannel> Connect { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}
