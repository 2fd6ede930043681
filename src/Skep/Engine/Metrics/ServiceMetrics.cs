using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Engine.Metrics;

/// <summary>What every service should be and is.</summary>
internal static class ServiceMetrics
{
    public static void Write(MetricsPage page, StoreSnapshot store)
    {
        (string Name, ServiceTaskCounts Counts, Service Service)[] services =
        [
            .. store.Services.All.OrderBy(static service => service.Naming.Name, StringComparer.Ordinal)
                .Take(MetricsLimits.Services)
                .Select(service => (service.Naming.Name, ServiceStatuses.Of(store, service.Id), service)),
        ];
        page.Head("skep_service_tasks_desired", "gauge", "Tasks that a service should have");
        foreach ((string name, ServiceTaskCounts counts, _) in services)
        {
            page.Line("skep_service_tasks_desired", [("service", name)], counts.Desired);
        }

        page.Head("skep_service_tasks_running", "gauge", "Tasks of a service that run");
        foreach ((string name, ServiceTaskCounts counts, _) in services)
        {
            page.Line("skep_service_tasks_running", [("service", name)], counts.Running);
        }

        page.Head("skep_service_update_paused", "gauge", "1: an update of a service went wrong and waits for somebody");
        foreach ((string name, _, Service service) in services)
        {
            bool waits = service.UpdateStatus?.State is UpdateState.Paused or UpdateState.RollbackPaused;
            page.Line("skep_service_update_paused", [("service", name)], waits ? 1 : 0);
        }

        page.Gauge(
            "skep_services_left_out", "Services that have no lines of their own here, for there are too many",
            Math.Max(0, store.Services.Count - MetricsLimits.Services));
    }
}
