using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

/// <summary>Forgets as neighbours the nodes that were removed from the swarm.</summary>
public sealed class PeerUpkeep
{
    // The last store in which every neighbour was a node.
    private StoreSnapshot? settled;

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        if (settled is { } last && !cluster.NodesSince(last).Any(static one => one.After is null)
            && cluster.ResourcesSince(last).Count == 0)
        {
            settled = cluster;
            return Plan.Nothing;
        }

        Resource[] left =
        [
            .. cluster.ResourcesOf(PeerRecord.ExtensionName)
                .Where(one => cluster.Nodes.Get(PeerRecord.NodeOf(one)) is null),
        ];
        settled = left.Length == 0 ? cluster : null;
        return new Plan([.. left.Select(Change.Remove)], null);
    }
}
