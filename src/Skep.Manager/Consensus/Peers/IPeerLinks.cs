using Skep.Raft;

namespace Skep.Manager.Consensus;

/// <summary>
/// The seam between consensus and the network: where messages leave. They come back as driver inputs.
/// </summary>
/// <remarks>
/// All methods return at once and never throw: a message that cannot go is dropped, and the driver is told with
/// <see cref="PeerUnreachable"/>. Messages to one peer keep their order unless they are lost. Of a snapshot the driver
/// is told with <see cref="SnapshotSent"/> whether it arrived. Called by the driver's thread alone.
/// </remarks>
public interface IPeerLinks
{
    void Send(Message message);

    /// <summary>Who the peers are from now on, ourselves not included. Links to others end.</summary>
    void SetPeers(IReadOnlyDictionary<ulong, Member> peers);

    /// <summary>Whether the peer was reached lately.</summary>
    bool IsActive(ulong peer);
}
