using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Objects = Skep.Swarm.Objects;

namespace Skep.Manager.Dispatch;

/// <summary>What a node is told over its session. Equal facts are not told twice.</summary>
internal sealed record SessionFacts(
    Objects.Node? Node, ValueList<Objects.Peer> Managers, ValueList<Objects.EncryptionKey> Keys, Bytes Root)
{
    // SwarmKit's DefaultObservationWeight: all managers are alike.
    private const long ManagerWeight = 10;

    public SessionMessage ToMessage(string session)
    {
        var message = new SessionMessage
        {
            SessionId = session,
            Node = NodeWire.ToWire(Node),
            RootCa = PlainWire.ToWire(Root),
        };
        foreach (Objects.Peer manager in Managers)
        {
            message.Managers.Add(PlainWire.ToWire(
                new Objects.WeightedPeer { Peer = manager, Weight = ManagerWeight }));
        }

        foreach (Objects.EncryptionKey key in Keys)
        {
            message.NetworkBootstrapKeys.Add(PlainWire.ToWire(key));
        }

        return message;
    }
}
