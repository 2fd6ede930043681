using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Which addresses of which network are taken.</summary>
/// <remarks>Pure bookkeeping, not thread-safe. Rebuilt from networks and live sandboxes when the daemon
/// starts.</remarks>
internal sealed class AddressBook
{
    private readonly Dictionary<(string NetworkId, Subnet Range), AddressBlock> blocks = [];

    public void Add(NetworkRecord network)
    {
        foreach (SubnetRecord subnet in network.Subnets)
        {
            var block = new AddressBlock(subnet.Range, subnet.ContainerRange);
            block.TryTake(subnet.Gateway);
            foreach (string auxiliary in subnet.AuxiliaryAddresses?.Values ?? [])
            {
                block.TryTake(IPAddress.Parse(auxiliary));
            }

            blocks[(network.Id, subnet.Range)] = block;
        }
    }

    public void Remove(NetworkRecord network)
    {
        foreach (SubnetRecord subnet in network.Subnets)
        {
            blocks.Remove((network.Id, subnet.Range));
        }
    }

    /// <summary>
    /// Takes an address of each family that the network has; a fixed one is looked for in all its subnets.
    /// </summary>
    /// <exception cref="RefusedException">The wanted address is taken, or there is none left. Nothing is taken
    /// then.</exception>
    public (IPAddress? IPv4, IPAddress? IPv6) Take(NetworkRecord network, string? wantedIPv4, string? wantedIPv6)
    {
        IPAddress? ipv4 = TakeOne(network, isIPv4: true, wantedIPv4);
        try
        {
            return (ipv4, network.EnableIPv6 ? TakeOne(network, isIPv4: false, wantedIPv6) : null);
        }
        catch (RefusedException)
        {
            Release(network.Id, ipv4);
            throw;
        }
    }

    /// <summary>Takes what a running container already has.</summary>
    public void Adopt(NetworkRecord network, IPAddress address) => BlockOf(network, address)?.TryTake(address);

    public void Release(string networkId, IPAddress? address)
    {
        if (address is null)
        {
            return;
        }

        foreach (((string id, Subnet range), AddressBlock block) in blocks)
        {
            if (id == networkId && range.Contains(address))
            {
                block.Release(address);
            }
        }
    }

    private IPAddress? TakeOne(NetworkRecord network, bool isIPv4, string? wanted)
    {
        if (!string.IsNullOrEmpty(wanted))
        {
            IPAddress address = IPAddress.Parse(wanted);
            AddressBlock block = BlockOf(network, address)
                ?? throw new RefusedException(ErrorKind.Invalid, "requested address is out of range");
            return block.TryTake(address)
                ? address
                : throw new RefusedException(ErrorKind.Forbidden, "Address already in use");
        }

        bool hasSubnet = false;
        foreach (SubnetRecord subnet in network.Subnets.Where(s => s.Range.IsIPv4 == isIPv4))
        {
            hasSubnet = true;
            if (blocks[(network.Id, subnet.Range)].TakeAny() is { } address)
            {
                return address;
            }
        }

        return hasSubnet
            ? throw new RefusedException(
                ErrorKind.Unavailable,
                $"no available {(isIPv4 ? "IPv4" : "IPv6")} addresses on this network's address pools: "
                + $"{network.Name} ({network.Id})")
            : null;
    }

    // Null too for a network of the swarm: there the managers give the addresses.
    private AddressBlock? BlockOf(NetworkRecord network, IPAddress address) =>
        network.Subnets.FirstOrDefault(s => s.Range.Contains(address)) is { } subnet
            ? blocks.GetValueOrDefault((network.Id, subnet.Range))
            : null;
}
