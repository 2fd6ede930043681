using System.Net;

namespace Skep.Agent.Network.Addresses;

/// <summary>Gives out the addresses of one subnet, the lowest free one first, as Docker does.</summary>
/// <remarks>
/// Pure bookkeeping, not thread-safe. The network's own address and, in IPv4, the broadcast address are never given.
/// </remarks>
public sealed class AddressBlock
{
    private readonly HashSet<UInt128> taken = [];
    private readonly UInt128 lowest;
    private readonly UInt128 highest;

    // Everything below is taken or outside, so that a full block costs a search only once.
    private UInt128 lowestMaybeFree;

    /// <param name="range">Where addresses come from that nobody asked for by name; null: the whole subnet.</param>
    public AddressBlock(Subnet subnet, Subnet? range)
    {
        Subnet = subnet;
        Subnet from = range ?? subnet;
        bool hasBroadcast = subnet.IsIPv4 && subnet.PrefixBits < 31;
        bool hasNetworkAddress = subnet.PrefixBits < subnet.AddressBits - 1;
        lowest = hasNetworkAddress && from.First == subnet.First ? from.First + 1 : from.First;
        highest = hasBroadcast && from.Last == subnet.Last ? from.Last - 1 : from.Last;
        lowestMaybeFree = lowest;
    }

    public Subnet Subnet { get; }

    public int TakenCount => taken.Count;

    /// <summary>Takes the lowest free address; null: there is none.</summary>
    public IPAddress? TakeAny()
    {
        for (UInt128 number = lowestMaybeFree; number >= lowest && number <= highest; number++)
        {
            if (taken.Add(number))
            {
                lowestMaybeFree = number + 1;
                return Subnet.AddressAt(number);
            }
        }

        lowestMaybeFree = highest + 1;
        return null;
    }

    /// <summary>Takes a certain address of the subnet, inside the range or not.</summary>
    /// <returns>False: somebody has it.</returns>
    public bool TryTake(IPAddress address)
    {
        Invariant.Holds(Subnet.Contains(address));
        return taken.Add(Subnet.ToNumber(address));
    }

    /// <summary>Gives an address back; one that was never taken is passed over.</summary>
    public void Release(IPAddress address)
    {
        UInt128 number = Subnet.ToNumber(address);
        if (taken.Remove(number) && number >= lowest && number < lowestMaybeFree)
        {
            lowestMaybeFree = number;
        }
    }
}
