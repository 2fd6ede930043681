using System.Collections.Immutable;
using System.Net;
using Skep.Agent.Names;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Networks;

/// <summary>Gives containers the names of the swarm's networks that they are on.</summary>
/// <remarks>
/// For one caller at a time. A service's name and aliases lead to its virtual addresses, or to its tasks when it has
/// none; tasks.NAME always to its tasks. Who serves no more has no name. A service without anybody who serves keeps
/// its names: they lead nowhere, and are asked nobody else.
/// </remarks>
/// <param name="setTable">Takes a network's id and its names; null: it has none any more.</param>
public sealed class SwarmNames(Action<string, NameTable?> setTable)
{
    private NetworkState known = NetworkState.Empty;

    public void Apply(NetworkState state)
    {
        NetworkDelta delta = NetworkDelta.Between(known, state);
        known = state;
        foreach (NetworkId gone in delta.GoneNetworks)
        {
            setTable(gone.Value, null);
        }

        IEnumerable<NetworkId> touched = delta.Networks.Select(static one => one.Id)
            .Concat(delta.Endpoints.Select(static one => one.Network))
            .Concat(delta.GoneEndpoints.Select(static one => one.Network))
            .Concat(delta.Services.Select(static one => one.Network))
            .Concat(delta.GoneServices.Select(static one => one.Network));
        HashSet<NetworkId> stale =
        [
            .. touched.Where(id => state.Networks.TryGetValue(id, out NetworkFacts? network) && !network.IsIngress),
        ];
        if (stale.Count == 0)
        {
            return;
        }

        ILookup<NetworkId, EndpointFacts> endpoints = state.Endpoints.Values
            .Where(one => one.IsServing && stale.Contains(one.Network)).ToLookup(static one => one.Network);
        ILookup<NetworkId, ServiceFacts> services = state.Services.Values
            .Where(one => stale.Contains(one.Network)).ToLookup(static one => one.Network);
        foreach (NetworkId id in stale)
        {
            setTable(id.Value, TableOf(state.Networks[id].Name, endpoints[id], services[id]));
        }
    }

    /// <summary>The names of one network.</summary>
    /// <param name="endpoints">Those that serve.</param>
    internal static NameTable TableOf(
        string network, IEnumerable<EndpointFacts> endpoints, IEnumerable<ServiceFacts> services)
    {
        // In the order of their ids, so that every node answers alike.
        ImmutableArray<EndpointFacts> serving =
            [.. endpoints.OrderBy(static one => one.Task.Value, StringComparer.Ordinal)];
        ILookup<ServiceId, EndpointFacts> tasks = serving.ToLookup(static one => one.Service);
        var hosts = new List<(IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses)>();
        foreach (ServiceFacts service in services.OrderBy(static one => one.Id.Value, StringComparer.Ordinal))
        {
            IPAddress[] all = [.. tasks[service.Id].SelectMany(static one => AddressesOf(one.Addresses))];
            IPAddress[] leading = service.VirtualAddresses.IsEmpty ? all : [.. AddressesOf(service.VirtualAddresses)];
            hosts.Add(([service.Name, .. service.Aliases], leading));
            hosts.Add(([$"tasks.{service.Name}", .. service.Aliases.Select(static one => $"tasks.{one}")], all));
        }

        // Last, for an address is called by the name that was given to it last.
        foreach (EndpointFacts endpoint in serving)
        {
            string[] names =
            [
                .. new[] { endpoint.Name }.Concat(endpoint.Aliases).Append(PlaceOf(endpoint))
                    .Where(static one => one.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
            ];
            if (names.Length > 0)
            {
                hosts.Add((names, AddressesOf(endpoint.Addresses)));
            }
        }

        return new NameTable(network, hosts);
    }

    // "web.1.x2y…" is one task; "web.1" whichever task has the place, so that a name outlives a task.
    private static string PlaceOf(EndpointFacts endpoint)
    {
        string end = "." + endpoint.Task.Value;
        return endpoint.Name.EndsWith(end, StringComparison.Ordinal) ? endpoint.Name[..^end.Length] : "";
    }

    private static IEnumerable<IPAddress> AddressesOf(IEnumerable<string> addresses) => addresses
        .Select(static one => IPAddress.TryParse(one, out IPAddress? address) ? address : null).OfType<IPAddress>();
}
