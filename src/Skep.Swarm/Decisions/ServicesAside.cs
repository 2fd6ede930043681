using Skep.Swarm.Objects;

namespace Skep.Swarm.Decisions;

/// <summary>Services about which nothing is decided for now, because that failed.</summary>
/// <remarks>
/// Shared by the deciders of one leader, which skip them, and by the leader, which says them. A service that was
/// changed since it was put aside is not meant any more. For one thread.
/// </remarks>
public sealed class ServicesAside
{
    private readonly Dictionary<ServiceId, ObjectVersion> services = [];

    public void Add(Service service) => services[service.Id] = service.Meta.Version;

    public void Remove(ServiceId id) => services.Remove(id);

    public bool Contains(Service service) =>
        services.TryGetValue(service.Id, out ObjectVersion version) && version == service.Meta.Version;
}
