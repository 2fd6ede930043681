using System.Collections.Concurrent;

namespace Skep.Transport.Rpc;

/// <summary>The connections and long calls that are open, to be looked at again when trust changes.</summary>
internal sealed class RpcPeerTable
{
    private readonly ConcurrentDictionary<RpcPeer, byte> peers = new();
    private readonly ConcurrentDictionary<RpcStream, byte> streams = new();

    public IEnumerable<RpcPeer> Peers => peers.Select(static pair => pair.Key);

    public IEnumerable<RpcStream> Streams => streams.Select(static pair => pair.Key);

    public void Add(RpcPeer peer) => peers.TryAdd(peer, 0);

    public void Remove(RpcPeer peer) => peers.TryRemove(peer, out _);

    public void Add(RpcStream stream) => streams.TryAdd(stream, 0);

    public void Remove(RpcStream stream) => streams.TryRemove(stream, out _);
}
