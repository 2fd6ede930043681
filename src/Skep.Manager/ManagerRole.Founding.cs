using Skep.Manager.Consensus;
using Skep.Swarm.Allocation;

namespace Skep.Manager;

// A new swarm's first write.
public sealed partial class ManagerRole
{
    private async Task FoundAsync(RaftDriver raft, CancellationToken stop)
    {
        if (options.Founded is { } founded)
        {
            await raft.Status.WaitAsync(static status => status.Leadership.IsLeader, stop);
            await raft.Store.UpdateAsync(
                transaction =>
                {
                    // A founder that crashed may have come this far before.
                    if (transaction.Cluster is null)
                    {
                        transaction.Create(founded.ClusterObject());
                        transaction.Create(founded.NodeObject());
                        // Only here: who removes it wants none.
                        transaction.Create(SharedNetworks.NewIngress(options.Ids));
                    }
                },
                stop);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, options.Time, stop);
    }
}
