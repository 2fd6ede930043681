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
    IReadOnlyDictionary<PhysicalAddress, IPAddress> Hosts, IReadOnlyDictionary<IPAddress, PhysicalAddress> Macs)
{
    public static readonly OverlayEntries None = new(
        new Dictionary<PhysicalAddress, IPAddress>(), new Dictionary<IPAddress, PhysicalAddress>());

    /// <summary>What the endpoints of other nodes need, by network.</summary>
    /// <param name="hostOf">
    /// Where packets of a network for a node go; null: there is no way to it, or not yet.
    /// </param>
    public static Dictionary<string, OverlayEntries> Of(
        NetworkState state, IReadOnlyCollection<string> networks, Func<string, NodeId, IPAddress?> hostOf)
    {
        var hosts = networks.ToDictionary(id => id, _ => new Dictionary<PhysicalAddress, IPAddress>());
        var macs = networks.ToDictionary(id => id, _ => new Dictionary<IPAddress, PhysicalAddress>());
        foreach (EndpointFacts endpoint in state.Endpoints.Values)
        {
            string network = endpoint.Network.Value;
            if (endpoint.Node == state.Self
                || !hosts.TryGetValue(network, out Dictionary<PhysicalAddress, IPAddress>? ofNetwork)
                || hostOf(network, endpoint.Node) is not { } host)
            {
                continue;
            }

            IPAddress[] addresses = [.. endpoint.Addresses.Select(Parse).OfType<IPAddress>()];
            if (addresses.Length > 0)
            {
                PhysicalAddress mac = MacAddresses.OfEndpoint(addresses);
                ofNetwork[mac] = host;
                foreach (IPAddress address in addresses)
                {
                    macs[network][address] = mac;
                }
            }
        }

        return networks.ToDictionary(id => id, id => new OverlayEntries(hosts[id], macs[id]));
    }

    /// <summary>What has to be done to what is there.</summary>
    public OverlayChange From(OverlayEntries there) => new(
        [.. Hosts.Where(h => !there.Hosts.TryGetValue(h.Key, out IPAddress? old) || !old.Equals(h.Value))],
        [.. there.Hosts.Keys.Where(mac => !Hosts.ContainsKey(mac))],
        [.. Macs.Where(m => !there.Macs.TryGetValue(m.Key, out PhysicalAddress? old) || !old.Equals(m.Value))],
        [.. there.Macs.Keys.Where(address => !Macs.ContainsKey(address))]);

    private static IPAddress? Parse(string text) => IPAddress.TryParse(text, out IPAddress? address) ? address : null;
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
