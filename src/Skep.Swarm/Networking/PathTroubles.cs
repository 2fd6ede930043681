using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

/// <summary>What is wrong with the way from one node to another.</summary>
public enum PathTroubleKind
{
    /// <summary>Nothing comes back.</summary>
    Silent = 0,

    /// <summary>Small packets come back, those of full size do not.</summary>
    Large = 1,

    /// <summary>What comes back is not what was sent.</summary>
    Altered = 2,
}

/// <param name="Bytes">The size of the packets it was found with, as the networks' containers send them.</param>
public sealed record PathTrouble(NodeId Node, PathTroubleKind Kind, int Bytes);

/// <summary>Puts what nodes find on their ways to each other where users look: into the message of the node.</summary>
public static class PathTroubles
{
    private const string Beginning = "network path: ";

    /// <summary>Writes the message of a node anew; one that is not about its paths stays.</summary>
    public static void Note(Transaction store, NodeId id, IEnumerable<PathTrouble> troubles)
    {
        if (store.Nodes.Get(id) is not { Status.State: NodeState.Ready } node
            || (node.Status.Message.Length > 0
                && !node.Status.Message.StartsWith(Beginning, StringComparison.Ordinal)))
        {
            return;
        }

        string message = MessageOf(store, id, troubles);
        if (message != node.Status.Message)
        {
            store.Update(node with { Status = node.Status with { Message = message } });
        }
    }

    // That a node is away is told elsewhere: here are those that are there and cannot be reached.
    private static string MessageOf(StoreReader store, NodeId id, IEnumerable<PathTrouble> troubles)
    {
        uint port = store.Cluster?.VxlanUdpPort is { } own and > 0 ? own : 4789;
        string[] words =
        [
            .. troubles.OrderBy(static one => one.Node.Value, StringComparer.Ordinal)
                .Where(one => store.Nodes.Get(one.Node)?.Status.State == NodeState.Ready)
                .Select(one => WordsOf(store, id, one, port)),
        ];
        return words.Length == 0 ? "" : Beginning + string.Join("; ", words);
    }

    private static string WordsOf(StoreReader store, NodeId id, PathTrouble trouble, uint port)
    {
        string name = store.Nodes.Get(trouble.Node)?.Description?.Hostname ?? "";
        string own = AddressOf(store, id), address = AddressOf(store, trouble.Node);
        string node = $"node {(name.Length > 0 ? name : trouble.Node.Value)} ({address})";
        if (own.Length > 0 && address.Length > 0 && own.Contains(':') != address.Contains(':'))
        {
            return $"{node} cannot be reached from {own}: one data-path address is IPv6 and the other is not, and "
                + "--data-path-addr of swarm init and join says another one";
        }

        return trouble.Kind switch
        {
            PathTroubleKind.Large =>
                $"{node} answers small packets but none of {trouble.Bytes} bytes: the MTU is smaller on the way",
            PathTroubleKind.Altered =>
                $"{node} answers with other bytes than were sent: packets are altered on the way",
            _ => $"{node} answers nothing: UDP port {port} must be open between the nodes",
        };
    }

    private static string AddressOf(StoreReader store, NodeId id) =>
        PeerRecord.Read(store.Resources.Get(PeerRecord.IdOf(id)))?.DataPathAddress ?? "";
}
