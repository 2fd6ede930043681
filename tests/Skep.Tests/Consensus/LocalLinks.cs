using System.Collections.Concurrent;
using Skep.Manager.Consensus;
using Skep.Raft;

namespace Skep.Tests.Consensus;

/// <summary>
/// Links inside one process: a message is in the other's queue when it was sent, unless it is cut off.
/// </summary>
internal sealed class LocalNetwork
{
    private readonly ConcurrentDictionary<ulong, RaftDriver> members = new();
    private readonly ConcurrentDictionary<(ulong From, ulong To), bool> cuts = new();

    public IPeerLinks LinksOf(ulong member) => new LocalLinks(this, member);

    public void Attach(RaftDriver driver) => members[driver.RaftId] = driver;

    public void Detach(ulong member) => members.TryRemove(member, out _);

    /// <summary>Nothing goes in or out.</summary>
    public void Isolate(ulong member)
    {
        foreach (ulong other in members.Keys)
        {
            Cut(member, other);
            Cut(other, member);
        }
    }

    public void Cut(ulong from, ulong to) => cuts[(from, to)] = true;

    public void Heal() => cuts.Clear();

    private bool IsOpen(ulong from, ulong to) => members.ContainsKey(to) && !cuts.ContainsKey((from, to));

    private sealed class LocalLinks(LocalNetwork network, ulong self) : IPeerLinks
    {
        public void Send(Message message)
        {
            RaftDriver? sender = network.members.GetValueOrDefault(self);
            bool hasArrived = network.IsOpen(self, message.To)
                && network.members.TryGetValue(message.To, out RaftDriver? receiver)
                && receiver.Receive(message);
            if (message.Kind == MessageKind.Snapshot)
            {
                sender?.Report(new SnapshotSent(message.To, hasArrived));
            }
            else if (!hasArrived)
            {
                sender?.Report(new PeerUnreachable(message.To));
            }
        }

        public void SetPeers(IReadOnlyDictionary<ulong, Member> peers)
        {
            // Whoever is attached can be reached.
        }

        public bool IsActive(ulong peer) => network.IsOpen(self, peer) && network.IsOpen(peer, self);
    }
}
