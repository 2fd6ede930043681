using Skep.Transport.Contracts.Peers;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>
/// Our own methods between managers of our make. A Docker manager answers that it does not know them.
/// </summary>
public static class PeerMethods
{
    public static readonly RpcMethod<PeerHello, PeerHello> Hello = new("/skep.v1.Peers/Hello", PeerHello.Parser);

    public static readonly RpcMethod<PeerBatch, PeerBye> Stream = new("/skep.v1.Peers/Stream", PeerBye.Parser);
}
