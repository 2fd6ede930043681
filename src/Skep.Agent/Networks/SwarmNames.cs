using System.Collections.Immutable;
using System.Net;
using Skep.Agent.Names;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Networks;

/// <summary>Gives containers the names of the swarm's networks that they are on.</summary>
/// <remarks>
/// For one caller at a time. A service's name and aliases lead to its virtual addresses, or to its tasks when it has
/// none (without those of weight 0 while others weigh more); tasks.NAME always to its tasks. Who serves no more has no
/// name. A service without anybody who serves keeps its names: they lead nowhere, and are asked nobody else.
/// </remarks>
/// <param name="setTable">Takes a network's id and its names; null: it has none any more.</param>
public sealed class SwarmNames(Action<string, NameTable?> setTable)
{
    private NetworkState known = NetworkState.Empty;

    public void Apply(NetworkStep step)
    {
        step = step.From(known);
        known = step.After;
        foreach (NetworkId gone in step.Delta.GoneNetworks)
        {
            setTable(gone.Value, null);
        }

        IEnumerable<NetworkId> touched = step.Delta.Networks.Select(static one => one.Id)
            .Concat(step.Delta.Endpoints.Select(static one => one.Network))
            .Concat(step.Delta.GoneEndpoints.Select(static one => one.Network))
            .Concat(step.Delta.Services.Select(static one => one.Network))
            .Concat(step.Delta.GoneServices.Select(static one => one.Network));
        foreach (NetworkId id in touched.Distinct())
        {
            if (known.Networks.TryGetValue(id, out NetworkFacts? network) && !network.IsIngress)
            {
                setTable(id.Value, new NameTable(network.Name, HostsOf(known, id)));
            }
        }
    }

    /// <summary>The names of one network, found out when somebody asks for the first.</summary>
    private static IEnumerable<(IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses)> HostsOf(
        NetworkState state, NetworkId network)
    {
        foreach ((IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses) host in HostsOf(
            state.Endpoints.Values.Where(one => one.IsServing && one.Network == network),
            state.Services.Values.Where(one => one.Network == network)))
        {
            yield return host;
        }
    }

    /// <summary>The names of one network.</summary>
    /// <param name="endpoints">Those that serve.</param>
    internal static List<(IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses)> HostsOf(
        IEnumerable<EndpointFacts> endpoints, IEnumerable<ServiceFacts> services)
    {
        // In the order of their ids, so that every node answers alike.
        ImmutableArray<EndpointFacts> serving =
            [.. endpoints.OrderBy(static one => one.Task.Value, StringComparer.Ordinal)];
        ILookup<ServiceId, EndpointFacts> tasks = serving.ToLookup(static one => one.Service);
        var hosts = new List<(IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses)>();
        foreach (ServiceFacts service in services.OrderBy(static one => one.Id.Value, StringComparer.Ordinal))
        {
            IPAddress[] all = [.. tasks[service.Id].SelectMany(static one => AddressesOf(one.Addresses))];
            IPAddress[] leading = service.VirtualAddresses.IsEmpty
                ? [.. WhoGetsCalls([.. tasks[service.Id]]).SelectMany(static one => AddressesOf(one.Addresses))]
                : [.. AddressesOf(service.VirtualAddresses)];
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

        return hosts;
    }

    // An answer has no room for weights, but those who are to get nothing while others do can be left out of it.
    private static EndpointFacts[] WhoGetsCalls(EndpointFacts[] tasks) =>
        Array.Exists(tasks, static one => one.Weight > 0) ? [.. tasks.Where(static one => one.Weight > 0)] : tasks;

    // "web.1.x2y…" is one task; "web.1" whichever task has the place, so that a name outlives a task.
    private static string PlaceOf(EndpointFacts endpoint)
    {
        string end = "." + endpoint.Task.Value;
        return endpoint.Name.EndsWith(end, StringComparison.Ordinal) ? endpoint.Name[..^end.Length] : "";
    }

    private static IEnumerable<IPAddress> AddressesOf(IEnumerable<string> addresses) => addresses
        .Select(static one => IPAddress.TryParse(one, out IPAddress? address) ? address : null).OfType<IPAddress>();
}
