using Skep.Manager.Consensus;
using Skep.Swarm;

namespace Skep.Manager;

// What only the leader does, from the moment it leads until it does not.
public sealed partial class ManagerRole
{
    private async Task LeadAsync(RaftDriver raft, Membership membership, CancellationToken stop)
    {
        while (true)
        {
            DriverStatus leading = await raft.Status.WaitAsync(static status => status.Leadership.IsLeader, stop);
            ulong term = leading.Leadership.Term;
            options.Log.Info("this manager leads the swarm", ("term", term));
            try
            {
                await LeadTermAsync(raft, term, stop);
            }
            catch (RefusedException e) when (!stop.IsCancellationRequested)
            {
                options.Log.Info("leadership ended while something was written", ("reason", e.Message));
            }

            await raft.Status.WaitAsync(
                status => !status.Leadership.IsLeader || status.Leadership.Term != term, stop);
            options.Log.Info("this manager leads no more", ("term", term));
        }
    }

    private async Task LeadTermAsync(RaftDriver raft, ulong term, CancellationToken stop)
    {
        if (options.Founded is { } founded && raft.Store.Committed.Cluster is null)
        {
            await raft.Store.UpdateAsync(
                transaction =>
                {
                    transaction.Create(founded.ClusterObject());
                    transaction.Create(founded.NodeObject());
                },
                stop);
        }
    }
}
