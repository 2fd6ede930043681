using Skep.Manager.Measuring;

namespace Skep.Engine.Metrics;

/// <summary>The leader's decisions, the scheduler's among them, and the dispatcher that tells nodes of them.</summary>
/// <remarks>Counters go on counting while another manager leads, so that rates stay true.</remarks>
internal static class LeaderMetrics
{
    public static void Write(MetricsPage page, ManagerSample manager)
    {
        LeaderSample leader = manager.Leader;
        page.Durations(
            "skep_scheduler_look_seconds", "Looks of the leader at the whole swarm, with writing what was decided",
            leader.Looks);
        page.Counter("skep_scheduler_decisions_total", "Changes that the leader decided on", leader.Decided);
        page.Counter(
            "skep_scheduler_overtaken_total", "Decisions that no longer fitted when they were written",
            leader.Overtaken);
        page.Counter(
            "skep_scheduler_refused_total", "Looks whose decisions could not be written", leader.Refused);
        page.Counter(
            "skep_scheduler_failed_total", "Decisions that failed and were left out for a while", leader.Failed);
        page.Durations(
            "swarm_dispatcher_scheduling_delay_seconds",
            "Scheduling delay is the time a task takes to go from NEW to RUNNING state", leader.Starts);
        DispatchSample dispatch = manager.Dispatch;
        page.Gauge("skep_dispatcher_sessions", "Nodes that have a session with this leader", dispatch.Sessions);
        page.Counter("skep_dispatcher_registrations_total", "Sessions that were given", dispatch.Registrations);
        page.Counter("skep_dispatcher_heartbeats_total", "Heartbeats that were taken", dispatch.Beats);
        page.Counter(
            "skep_dispatcher_reported_states_total", "States of tasks that nodes reported", dispatch.Reports);
        page.Counter(
            "skep_claims_refused_keys_total", "Registrations of nodes with the WireGuard key of another node",
            manager.Claims.Keys);
        page.Counter(
            "skep_claims_dropped_log_lines_total", "Log lines of nodes in the name of tasks that are not theirs",
            manager.Claims.Lines);
    }
}
