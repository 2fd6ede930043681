using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>The address that stands for a whole service, one on each of its networks.</summary>
internal static class VirtualAddresses
{
    /// <summary>What a service has, with what it lacks from what there is to be had.</summary>
    /// <param name="store">Where its networks are.</param>
    /// <param name="service">With the addresses it has; it keeps those.</param>
    /// <param name="grants">Gives out new ones; null: none is to be had.</param>
    /// <param name="full">Which network had none left; null: nothing is missing.</param>
    public static ValueList<VirtualIP> Of(
        StoreReader store, Service service, AddressGrants? grants, out string? full)
    {
        full = null;
        if (service.Spec.Endpoint?.Mode == ResolutionMode.DnsRoundRobin)
        {
            return [];
        }
        ValueList<VirtualIP> had = service.Endpoint?.VirtualIPs ?? default;
        var addresses = new List<VirtualIP>();
        foreach (SwarmNetwork network in Attachments.NetworksOf(store, service.Spec))
        {
            VirtualIP[] kept = [.. had.Where(one => one.NetworkId == network.Id)];
            if (kept.Length > 0)
            {
                addresses.AddRange(kept);
            }
            else if (LocalNetworks.IsLocal(network))
            {
                // A network of the nodes has no address for a service, and says so by an empty one.
                addresses.Add(new() { NetworkId = network.Id });
            }
            else if (SharedNetworks.IsAllocated(network))
            {
                ValueList<string> taken = default;
                if (grants?.TryTake(network, out taken) != true)
                {
                    full ??= "could not find an available IP while allocating VIP on network "
                        + network.Spec.Annotations.Name;
                    continue;
                }
                addresses.AddRange(taken.Select(address => new VirtualIP { NetworkId = network.Id, Addr = address }));
            }
        }
        return ValueList.From(addresses);
    }
}
