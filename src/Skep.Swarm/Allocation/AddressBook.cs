using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>Which addresses of the swarm's networks somebody has, read off the objects that have them.</summary>
/// <remarks>
/// A memo of one snapshot that follows to the next by what differs, so it cannot disagree with the store for longer
/// than one look; a new leader begins with an empty one. Shared by the deciders of one leader, which ask in turns.
/// </remarks>
public sealed class AddressBook
{
    private readonly Dictionary<NetworkId, Dictionary<UInt128, Uses>> networks = [];
    private StoreSnapshot last = StoreSnapshot.Empty;

    /// <summary>Whether a task has it until it has ended: then its container is gone from the network.</summary>
    public static bool HasAddresses(SwarmTask task) => task.Status.State <= TaskState.Running;

    /// <summary>How many addresses of the family are in use.</summary>
    public int CountTaken(NetworkId network, bool isIpv4) => networks.TryGetValue(network, out var uses)
        ? uses.Count(use => use.Value.Live > 0 && IpNumber.IsIpv4(use.Key) == isIpv4)
        : 0;

    public void Follow(StoreSnapshot cluster)
    {
        foreach ((Service? before, Service? after) in cluster.ServicesSince(last))
        {
            Count(before, -1);
            Count(after, 1);
        }
        foreach ((SwarmTask? before, SwarmTask? after) in cluster.TasksSince(last))
        {
            Count(before, -1);
            Count(after, 1);
        }
        foreach ((Node? before, Node? after) in cluster.NodesSince(last))
        {
            Count(before, -1);
            Count(after, 1);
        }
        last = cluster;
    }

    internal bool IsTaken(NetworkId network, UInt128 address) => UsesOf(network, address).Live > 0;

    /// <summary>A task that ended had it, and is still remembered.</summary>
    internal bool WasTaken(NetworkId network, UInt128 address) => UsesOf(network, address).Ended > 0;

    private Uses UsesOf(NetworkId network, UInt128 address) =>
        networks.TryGetValue(network, out var uses) ? uses.GetValueOrDefault(address) : default;

    private void Count(Service? service, int sign)
    {
        foreach (VirtualIP address in service?.Endpoint?.VirtualIPs ?? default)
        {
            Count(address.NetworkId, address.Addr, new(sign, 0));
        }
    }

    private void Count(SwarmTask? task, int sign)
    {
        if (task is not null)
        {
            Count(task.Networks, HasAddresses(task) ? new(sign, 0) : new(0, sign));
        }
    }

    /// <summary>Docker's managers give every node an address on every network that it has tasks on.</summary>
    private void Count(Node? node, int sign)
    {
        if (node is null)
        {
            return;
        }
        Count(node.Attachments, new(sign, 0));
        if (node.Attachment is { } old)
        {
            Count([old], new(sign, 0));
        }
    }

    private void Count(ValueList<NetworkAttachment> attachments, Uses change)
    {
        foreach (NetworkAttachment attachment in attachments)
        {
            foreach (string address in attachment.Addresses)
            {
                Count(attachment.Network?.Id ?? default, address, change);
            }
        }
    }

    private void Count(NetworkId network, string text, Uses change)
    {
        if (network.IsEmpty || IpNumber.Parse(text.Split('/')[0]) is not { } address)
        {
            return;
        }
        if (!networks.TryGetValue(network, out Dictionary<UInt128, Uses>? uses))
        {
            networks[network] = uses = [];
        }
        Uses now = uses.GetValueOrDefault(address);
        now = new(now.Live + change.Live, now.Ended + change.Ended);
        if (now == default)
        {
            uses.Remove(address);
        }
        else
        {
            uses[address] = now;
        }
        if (uses.Count == 0)
        {
            networks.Remove(network);
        }
    }

    /// <param name="Live">Those that have it now; more than one only if somebody else gave it out twice.</param>
    /// <param name="Ended">Tasks that had it until they ended.</param>
    private readonly record struct Uses(int Live, int Ended);
}
