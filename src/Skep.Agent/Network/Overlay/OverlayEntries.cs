using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using Skep.Agent.Network.Addresses;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Overlay;

/// <summary>How the endpoints of a network on other nodes are reached. Pure.</summary>
/// <param name="Hosts">Hardware address of an endpoint to the address of its node.</param>
/// <param name="Macs">Address of an endpoint to its hardware address.</param>
internal sealed record OverlayEntries(
    ImmutableDictionary<PhysicalAddress, IPAddress> Hosts, ImmutableDictionary<IPAddress, PhysicalAddress> Macs)
{
    public static readonly OverlayEntries None = new(
        ImmutableDictionary<PhysicalAddress, IPAddress>.Empty, ImmutableDictionary<IPAddress, PhysicalAddress>.Empty);

    /// <summary>What the endpoints of other nodes need, by network.</summary>
    /// <param name="hostOf">
    /// Where packets of a network for a node go; null: there is no way to it, or not yet.
    /// </param>
    public static Dictionary<string, OverlayEntries> Of(
        NetworkState state, IReadOnlyCollection<string> networks, Func<string, NodeId, IPAddress?> hostOf)
    {
        var hosts = networks.ToDictionary(id => id, _ => None.Hosts.ToBuilder());
        var macs = networks.ToDictionary(id => id, _ => None.Macs.ToBuilder());
        foreach (EndpointFacts endpoint in state.Endpoints.Values)
        {
            string network = endpoint.Network.Value;
            if (hosts.ContainsKey(network) && WayTo(endpoint, state.Self, hostOf) is { } way)
            {
                hosts[network][way.Mac] = way.Host;
                foreach (IPAddress address in way.Addresses)
                {
                    macs[network][address] = way.Mac;
                }
            }
        }

        return networks.ToDictionary(
            id => id, id => new OverlayEntries(hosts[id].ToImmutable(), macs[id].ToImmutable()));
    }

    /// <summary>What is needed when some endpoints are others, and what has to be done for it.</summary>
    /// <remarks>No address is two endpoints' at a time, but one may come in the step in which the other goes.</remarks>
    /// <param name="endpoints">As they were and as they are; null: not there.</param>
    public (OverlayEntries Entries, OverlayChange Change) With(
        IReadOnlyCollection<(EndpointFacts? Old, EndpointFacts? New)> endpoints,
        NodeId self,
        Func<string, NodeId, IPAddress?> hostOf)
    {
        Way[] going = [.. endpoints.Select(e => WayTo(e.Old, self, hostOf)).OfType<Way>()];
        Way[] coming = [.. endpoints.Select(e => WayTo(e.New, self, hostOf)).OfType<Way>()];
        var next = new OverlayEntries(
            Hosts.RemoveRange(going.Select(w => w.Mac))
                .SetItems(coming.Select(w => KeyValuePair.Create(w.Mac, w.Host))),
            Macs.RemoveRange(going.SelectMany(w => w.Addresses))
                .SetItems(coming.SelectMany(w => w.Addresses.Select(a => KeyValuePair.Create(a, w.Mac)))));
        Way[] touched = [.. going, .. coming];
        return (next, next.Only(touched).From(Only(touched)));
    }

    /// <summary>What has to be done to what is there.</summary>
    public OverlayChange From(OverlayEntries there) => new(
        [.. Hosts.Where(h => !there.Hosts.TryGetValue(h.Key, out IPAddress? old) || !old.Equals(h.Value))],
        [.. there.Hosts.Keys.Where(mac => !Hosts.ContainsKey(mac))],
        [.. Macs.Where(m => !there.Macs.TryGetValue(m.Key, out PhysicalAddress? old) || !old.Equals(m.Value))],
        [.. there.Macs.Keys.Where(address => !Macs.ContainsKey(address))]);

    private OverlayEntries Only(Way[] ways) => new(
        None.Hosts.SetItems(ways.Where(w => Hosts.ContainsKey(w.Mac))
            .Select(w => KeyValuePair.Create(w.Mac, Hosts[w.Mac]))),
        None.Macs.SetItems(ways.SelectMany(w => w.Addresses).Where(Macs.ContainsKey)
            .Select(a => KeyValuePair.Create(a, Macs[a]))));

    private static Way? WayTo(EndpointFacts? endpoint, NodeId self, Func<string, NodeId, IPAddress?> hostOf)
    {
        if (endpoint is null || endpoint.Node == self || hostOf(endpoint.Network.Value, endpoint.Node) is not { } host)
        {
            return null;
        }

        IPAddress[] addresses = [.. endpoint.Addresses.Select(Parse).OfType<IPAddress>()];
        return addresses.Length > 0 ? new Way(MacAddresses.OfEndpoint(addresses), host, addresses) : null;
    }

    private static IPAddress? Parse(string text) => IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private sealed record Way(PhysicalAddress Mac, IPAddress Host, IPAddress[] Addresses);
}

/// <summary>A difference between entries that are wanted and those that are there.</summary>
internal sealed record OverlayChange(
    IReadOnlyList<KeyValuePair<PhysicalAddress, IPAddress>> AddHosts,
    IReadOnlyList<PhysicalAddress> RemoveHosts,
    IReadOnlyList<KeyValuePair<IPAddress, PhysicalAddress>> AddMacs,
    IReadOnlyList<IPAddress> RemoveMacs)
{
    public int Count => AddHosts.Count + RemoveHosts.Count + AddMacs.Count + RemoveMacs.Count;
}
