using Skep.Manager.Measuring;
using Skep.Swarm.Store;

namespace Skep.Engine.Metrics;

/// <summary>What the swarm's store holds, and what its transactions take.</summary>
internal static class StoreMetrics
{
    public static void Write(MetricsPage page, ManagerSample manager)
    {
        StoreSnapshot store = manager.Store;
        page.Gauges(
            "swarm_manager_nodes", "The number of nodes", "state",
            CountBy(store.Nodes.All, static node => node.Status.State));
        page.Gauges(
            "swarm_manager_tasks_total", "The number of tasks in the cluster object store", "state",
            CountBy(store.Tasks.All, static task => task.Status.State));
        page.Gauge(
            "swarm_manager_services_total", "The number of services in the cluster object store", store.Services.Count);
        page.Gauge(
            "swarm_manager_networks_total", "The number of networks in the cluster object store", store.Networks.Count);
        page.Gauge(
            "swarm_manager_secrets_total", "The number of secrets in the cluster object store", store.Secrets.Count);
        page.Gauge(
            "swarm_manager_configs_total", "The number of configs in the cluster object store", store.Configs.Count);
        page.Gauge("skep_store_revision", "Entry of the log that changed the store last", store.Revision);
        page.Durations(
            "skep_store_write_seconds", "Transactions of this manager, from proposal to commit", manager.Writes);
        page.Counter(
            "skep_store_writes_refused_total", "Transactions of this manager that were refused or lost",
            manager.WritesRefused);
    }

    /// <summary>Every state has a line, also without objects: a line that comes and goes cannot be drawn.</summary>
    private static IEnumerable<KeyValuePair<string, int>> CountBy<T, TState>(
        IEnumerable<T> objects, Func<T, TState> stateOf)
        where TState : struct, Enum
    {
        var counts = Enum.GetValues<TState>().ToDictionary(static state => state, static _ => 0);
        foreach (T item in objects)
        {
            TState state = stateOf(item);
            counts[state] = counts.GetValueOrDefault(state) + 1;
        }

        return counts.Select(static pair => KeyValuePair.Create(pair.Key.ToString().ToLowerInvariant(), pair.Value));
    }
}
