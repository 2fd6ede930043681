using Skep.Manager.Measuring;
using Skep.Raft;

namespace Skep.Manager.Consensus;

// What other threads may read of the log's progress: a picture that is made once per tick.
public sealed partial class RaftDriver
{
    private volatile RaftSample measured = RaftSample.None;
    private long roleChanges;

    /// <summary>The log as it was at the last tick of the clock.</summary>
    public RaftSample Measured => measured;

    private void Measure()
    {
        RaftStatus now = core.Status;
        measured = new RaftSample(
            now.Commit,
            applied,
            now.LastIndex,
            snapshotIndex,
            roleChanges,
            [
                .. now.Followers.Where(one => one.Id != RaftId)
                    .Select(static one => new FollowerSample(one.Id, one.Match, one.IsRecentlyActive)),
            ]);
    }
}
