using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>Which service may publish which port.</summary>
public static class ServicePorts
{
    /// <summary>Ports given out when the user named none: 30000 to 32767 (SwarmKit portallocator.go).</summary>
    public const uint DynamicMin = 30_000;

    public const uint DynamicMax = 32_767;

    /// <summary>Refuses in Docker's words a spec that asks for a port which another service has.</summary>
    /// <remarks>
    /// A port of the routing mesh is one service's on all nodes. In host mode services may ask for the same port: the
    /// scheduler keeps them on different nodes.
    /// </remarks>
    /// <param name="store">Where the other services are.</param>
    /// <param name="spec">What is asked for.</param>
    /// <param name="self">The service that is updated; empty for a new one.</param>
    public static void RefuseTaken(StoreReader store, ServiceSpec spec, ServiceId self)
    {
        if (spec.Endpoint is not { Ports.IsEmpty: false } endpoint
            || endpoint.Ports.All(port => port.PublishedPort == 0))
        {
            return;
        }
        HashSet<HostPortKey> ingress = KeysOf(endpoint.Ports, PublishMode.Ingress);
        HashSet<HostPortKey> host = KeysOf(endpoint.Ports, PublishMode.Host);
        foreach (Service service in store.Services.All)
        {
            if (service.Id == self)
            {
                continue;
            }
            IEnumerable<PortConfig> taken = (service.Spec.Endpoint?.Ports ?? default)
                .Concat(service.Endpoint?.Ports ?? default)
                .Where(port => port.PublishedPort != 0);
            foreach (PortConfig port in taken)
            {
                var key = new HostPortKey(port.Protocol, port.PublishedPort);
                bool isIngress = port.PublishMode == PublishMode.Ingress;
                if (ingress.Contains(key) || (isIngress && host.Contains(key)))
                {
                    throw SwarmRefusal.Of(
                        SwarmCode.InvalidArgument,
                        $"port '{key.Number}' is already in use by service '{service.Spec.Annotations.Name}' "
                        + $"({service.Id}) as {(isIngress ? "an ingress port" : "a host-published port")}");
                }
            }
        }
    }

    private static HashSet<HostPortKey> KeysOf(ValueList<PortConfig> ports, PublishMode mode) =>
    [
        .. ports.Where(port => port.PublishMode == mode && port.PublishedPort != 0)
            .Select(port => new HostPortKey(port.Protocol, port.PublishedPort)),
    ];

    private readonly record struct HostPortKey(PortProtocol Protocol, uint Number);
}
