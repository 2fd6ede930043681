namespace Skep.Swarm.Scheduling;

/// <summary>The pools of the needs that were seen lately.</summary>
internal sealed class NodePools
{
    private readonly Dictionary<StandingNeeds, (NodePool Pool, long UsedAt)> pools = [];
    private long uses;

    public NodePool For(StandingNeeds needs)
    {
        if (!pools.TryGetValue(needs, out (NodePool Pool, long UsedAt) found))
        {
            if (pools.Count == Limits.NodePools)
            {
                pools.Remove(pools.MinBy(entry => entry.Value.UsedAt).Key);
            }
            found.Pool = new(needs);
        }
        pools[needs] = (found.Pool, ++uses);
        return found.Pool;
    }
}
