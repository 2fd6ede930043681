using Skep.Swarm.Networking;

namespace Skep.Engine.Metrics;

/// <summary>The swarm's networks on this node, and how often they had to be repaired.</summary>
internal static class NetworkMetrics
{
    public static void Write(MetricsPage page, NetworkState told, IReadOnlyDictionary<string, long> drift)
    {
        page.Gauge("skep_network_revision", "Revision of the store that this node's networks are of", told.Revision);
        page.Gauge("skep_network_networks", "Networks of the swarm on this node", told.Networks.Count);
        page.Gauge(
            "skep_network_endpoints", "Places on these networks that this node knows, on all nodes",
            told.Endpoints.Count);
        page.Gauge("skep_network_services", "Virtual addresses of services on these networks", told.Services.Count);
        page.Gauge("skep_network_published_ports", "Ports that the routing mesh answers", told.Ports.Count);
        page.Gauge("skep_network_peers", "Nodes that take part, this one among them", told.Peers.Count);
        page.Head("skep_network_drift_total", "counter", "Repairs of networks that were changed behind our back");
        foreach ((string part, long count) in drift.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            page.Line("skep_network_drift_total", [("part", part)], count);
        }
    }
}
