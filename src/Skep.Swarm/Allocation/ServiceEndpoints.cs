using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>Gives every service the ports it publishes, and an address on each of its networks.</summary>
/// <remarks>
/// The routing mesh has one number space for each protocol, which all services share; ports in host mode are the
/// scheduler's business. Which are taken is read from the services themselves, so there is nothing that could be
/// forgotten or given out twice after a change of leader.
/// </remarks>
public sealed class ServiceEndpoints(AddressBook book)
{
    // A memo of the last snapshot: which ports its services have, and which services lack what they asked for.
    private readonly Dictionary<(PortProtocol Protocol, uint Number), int> taken = [];
    private readonly Dictionary<ServiceId, Service> open = [];
    private StoreSnapshot last = StoreSnapshot.Empty;

    /// <summary>Whether the service has all that it asks for; its tasks wait until then.</summary>
    public static bool IsAllocated(StoreReader store, Service service) => Missing(store, service) is null;

    /// <summary>
    /// What a service lacks, to be said behind a sentence; null: nothing. Networks that have nothing to give yet are
    /// not the service's fault.
    /// </summary>
    internal static string? Missing(StoreReader store, Service service)
    {
        if (!TryReuse(service, out ValueList<PortConfig> ports))
        {
            return "";
        }
        ValueList<VirtualIP> addresses = VirtualAddresses.Of(store, service, null, out string? full);
        return full is not null ? $": {full}"
            : EndpointOf(service, ports, addresses) == service.Endpoint ? null
            : "";
    }

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        Follow(cluster);
        if (open.Count == 0)
        {
            return Plan.Nothing;
        }
        var changes = ImmutableArray.CreateBuilder<Change>();
        var given = new HashSet<(PortProtocol Protocol, uint Number)>();
        var grants = new AddressGrants(book);
        // Who came first gets what both ask for.
        foreach (Service service in open.Values
            .OrderBy(service => service.Meta.CreatedAt ?? default)
            .ThenBy(service => service.Id.Value, StringComparer.Ordinal))
        {
            ValueList<PortConfig> ports = TryAllocate(service, given, out ValueList<PortConfig> whole)
                ? whole
                : Kept(service);
            Endpoint? endpoint = EndpointOf(
                service, ports, VirtualAddresses.Of(cluster, service, grants, out string? _));
            if (endpoint != service.Endpoint)
            {
                changes.Add(Change.Update(service with { Endpoint = endpoint }));
            }
        }
        return new(changes.ToImmutable(), null);
    }

    private void Follow(StoreSnapshot cluster)
    {
        book.Follow(cluster);
        bool hasNewNetworks = cluster.NetworksSince(last).Count > 0;
        foreach ((Service? before, Service? after) in cluster.ServicesSince(last))
        {
            Take(before, -1);
            Take(after, 1);
            open.Remove((before ?? after)!.Id);
            if (after is not null && !IsAllocated(cluster, after))
            {
                open[after.Id] = after;
            }
        }
        if (hasNewNetworks)
        {
            foreach (Service service in cluster.Services.All.Where(service => !IsAllocated(cluster, service)))
            {
                open[service.Id] = service;
            }
        }
        last = cluster;
    }

    private void Take(Service? service, int sign)
    {
        foreach (PortConfig port in service?.Endpoint?.Ports ?? default)
        {
            if (port.PublishMode == PublishMode.Ingress)
            {
                (PortProtocol, uint) key = (port.Protocol, port.PublishedPort);
                int uses = taken.GetValueOrDefault(key) + sign;
                if (uses == 0)
                {
                    taken.Remove(key);
                }
                else
                {
                    taken[key] = uses;
                }
            }
        }
    }

    private bool TryAllocate(
        Service service, HashSet<(PortProtocol Protocol, uint Number)> given, out ValueList<PortConfig> whole)
    {
        if (TryReuse(service, out whole))
        {
            return true;
        }
        var own = (service.Endpoint?.Ports ?? default)
            .Where(port => port.PublishMode == PublishMode.Ingress)
            .Select(port => (port.Protocol, port.PublishedPort))
            .ToHashSet();
        var mine = new HashSet<(PortProtocol Protocol, uint Number)>();
        PortConfig[] ports = Sticky(service).ToArray();
        // Those that were named come first, so that none of them is given out under another name.
        foreach (PortConfig port in ports.Where(port => port.PublishMode == PublishMode.Ingress))
        {
            if (port.PublishedPort != 0
                && (!IsFree((port.Protocol, port.PublishedPort)) || !mine.Add((port.Protocol, port.PublishedPort))))
            {
                return false;
            }
        }
        for (int index = 0; index < ports.Length; index++)
        {
            PortConfig port = ports[index];
            if (port is not { PublishMode: PublishMode.Ingress, PublishedPort: 0 })
            {
                continue;
            }
            uint number = ServicePorts.DynamicMin;
            while (number <= ServicePorts.DynamicMax && (!IsFree((port.Protocol, number))
                || mine.Contains((port.Protocol, number))))
            {
                number++;
            }
            if (number > ServicePorts.DynamicMax)
            {
                return false;
            }
            mine.Add((port.Protocol, number));
            ports[index] = port with { PublishedPort = number };
        }
        given.UnionWith(mine);
        whole = ValueList.From(ports);
        return true;

        bool IsFree((PortProtocol, uint) port) =>
            !given.Contains(port) && (!taken.ContainsKey(port) || own.Contains(port));
    }

    /// <summary>The ports that follow from what the service has already, if that is enough.</summary>
    private static bool TryReuse(Service service, out ValueList<PortConfig> ports)
    {
        ports = ValueList.From(Sticky(service));
        return ports.All(port => port.PublishMode == PublishMode.Host || (port.PublishedPort != 0
            && (service.Endpoint?.Ports ?? default).Contains(port)));
    }

    /// <summary>
    /// What a service that must wait keeps: not what it no longer asks for, or two could wait for each other.
    /// </summary>
    private static ValueList<PortConfig> Kept(Service service)
    {
        ValueList<PortConfig> had = service.Endpoint?.Ports ?? default;
        return ValueList.From(Sticky(service).Where(port => had.Contains(port)));
    }

    /// <summary>The ports of the spec; those without a number keep the one they were given before.</summary>
    private static IEnumerable<PortConfig> Sticky(Service service)
    {
        List<PortConfig> had = [.. (service.Endpoint?.Ports ?? default)
            .Where(port => port.PublishMode == PublishMode.Ingress)];
        ValueList<PortConfig> wanted = service.Spec.Endpoint?.Ports ?? default;
        // Numbers that are asked for by name now are not there to be kept by another.
        had.RemoveAll(old => wanted.Any(port => port.PublishMode == PublishMode.Ingress
            && (port.Protocol, port.PublishedPort) == (old.Protocol, old.PublishedPort)));
        foreach (PortConfig port in wanted.AsEnumerable())
        {
            int index = port is { PublishMode: PublishMode.Ingress, PublishedPort: 0 }
                ? had.FindIndex(old => old with { PublishedPort = 0 } == port)
                : -1;
            if (index < 0)
            {
                yield return port;
                continue;
            }
            yield return had[index];
            had.RemoveAt(index);
        }
    }

    private static Endpoint? EndpointOf(
        Service service, ValueList<PortConfig> ports, ValueList<VirtualIP> addresses) =>
        service.Endpoint is null && ports.IsEmpty && addresses.IsEmpty
            ? null
            : new() { Spec = service.Spec.Endpoint, Ports = ports, VirtualIPs = addresses };
}
