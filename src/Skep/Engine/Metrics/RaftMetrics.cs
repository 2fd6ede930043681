using System.Globalization;
using Skep.Manager.Consensus;
using Skep.Manager.Measuring;
using Skep.Raft;

namespace Skep.Engine.Metrics;

/// <summary>How a manager takes part in consensus.</summary>
internal static class RaftMetrics
{
    public static void Write(MetricsPage page, ManagerSample manager)
    {
        DriverStatus status = manager.Status;
        RaftSample raft = manager.Raft;
        page.Gauge(
            "swarm_manager_leader", "Indicates if this manager node is a leader", status.Leadership.IsLeader ? 1 : 0);
        page.Gauges(
            "skep_raft_role", "1 at what this manager is in its term", "role",
            Enum.GetValues<RaftRole>().Select(
                role => KeyValuePair.Create(role.ToString().ToLowerInvariant(), role == status.Role ? 1 : 0)));
        page.Gauge(
            "skep_raft_has_leader", "0: no leader was heard of for so long that the quorum counts as lost",
            status.IsWithoutLeader ? 0 : 1);
        page.Gauge(
            "skep_raft_is_hindered", "1: this manager cannot take part, as with a full disk",
            status.Problem is null ? 0 : 1);
        page.Gauge("skep_raft_term", "The term of the present leader, or of the election", status.Leadership.Term);
        page.Gauge("skep_raft_members", "Managers of the swarm that vote", status.Members.Configuration.Voters.Length);
        page.Counter("skep_raft_role_changes_total", "How often this manager got another role", raft.RoleChanges);
        page.Gauge("skep_raft_commit_index", "Last entry of the log that a quorum has", raft.Commit);
        page.Gauge("skep_raft_applied_index", "Last entry of the log that is in the store", raft.Applied);
        page.Gauge("skep_raft_last_index", "Last entry of the log, agreed on or not", raft.Last);
        page.Gauge("skep_raft_snapshot_index", "Last entry of the log that is in a snapshot", raft.Snapshot);
        WriteFollowers(page, raft);
    }

    // As many as there are managers, which are few.
    private static void WriteFollowers(MetricsPage page, RaftSample raft)
    {
        page.Head(
            "skep_raft_follower_lag_entries", "gauge", "At the leader: entries that another manager does not have yet");
        foreach (FollowerSample follower in raft.Followers)
        {
            ulong lag = raft.Last > follower.Match ? raft.Last - follower.Match : 0;
            page.Line("skep_raft_follower_lag_entries", [("raft_id", Id(follower))], lag);
        }

        page.Head("skep_raft_follower_active", "gauge", "At the leader: whether another manager answers");
        foreach (FollowerSample follower in raft.Followers)
        {
            page.Line("skep_raft_follower_active", [("raft_id", Id(follower))], follower.IsActive ? 1 : 0);
        }
    }

    private static string Id(FollowerSample follower) => follower.RaftId.ToString("x", CultureInfo.InvariantCulture);
}
