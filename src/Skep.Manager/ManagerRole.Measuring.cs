using Skep.Manager.Consensus;
using Skep.Manager.Dispatch;
using Skep.Manager.Measuring;

namespace Skep.Manager;

// What is measured of this manager.
public sealed partial class ManagerRole
{
    private readonly LeaderMeter leaderMeter = new();
    private readonly ClaimMeter claimMeter = new();
    private volatile Dispatcher? dispatching;

    /// <summary>What is measured now; null while the manager is being prepared.</summary>
    public ManagerSample? Measure()
    {
        if (driver is not { } raft || dispatching is not { } nodes || !ready.Task.IsCompletedSuccessfully)
        {
            return null;
        }

        ReplicatedStore store = raft.Store;
        return new ManagerSample
        {
            Status = raft.Status.Value,
            Raft = raft.Measured,
            Store = store.Committed,
            Writes = store.Writes.Read(),
            WritesRefused = store.WritesRefused,
            Leader = leaderMeter.Read(),
            Dispatch = nodes.Measure(),
            Claims = claimMeter.Read(),
        };
    }
}
