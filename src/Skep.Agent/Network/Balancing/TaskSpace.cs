using System.Net;
using System.Net.Sockets;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Linux.Nftables;
using Skep.Swarm;

namespace Skep.Agent.Network.Balancing;

/// <summary>A task's namespace as far as virtual addresses go.</summary>
/// <remarks>Not thread-safe. The socket keeps the namespace alive: dispose before its links are removed.</remarks>
internal sealed class TaskSpace(string path, IReadOnlySet<NetworkId> networks) : IDisposable
{
    private const byte Udp = 17;

    private readonly NftSocket nft = NetworkNamespace.Enter(path, () => new NftSocket());

    public string Path => path;

    /// <summary>The table was written once.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>The table's rules as they were left.</summary>
    private string rules = "";

    public bool Knows(BalanceKey key) => networks.Contains(key.Network);

    public void Write(Balance balance)
    {
        nft.Apply(VipTable.Replace(balance.Keys.Where(pair => Knows(pair.Key)), balance.Draws));
        rules = Dump().ReadRules();
        IsWritten = true;
    }

    /// <summary>A change was refused: nobody knows what the table holds.</summary>
    public void Doubt() => IsWritten = false;

    /// <summary>Only the difference is sent.</summary>
    public void Change(BalanceStep step)
    {
        nft.Apply(VipTable.Change(step));
        if (step.NewDraws.Count + step.LostDraws.Count > 0)
        {
            rules = Dump().ReadRules();
        }
    }

    /// <summary>
    /// Flows of UDP have no end: those to who answers no more would go on for ever. They begin anew, elsewhere.
    /// </summary>
    public void ForgetFlows(AddressFamily family, IReadOnlySet<IPAddress> withdrawn)
    {
        using ConntrackSocket conntrack = NetworkNamespace.Enter(path, () => new ConntrackSocket());
        if (conntrack.Count() > 0)
        {
            conntrack.RemoveAnsweredBy(family == AddressFamily.InterNetwork, Udp, withdrawn);
        }
    }

    /// <summary>How many things in the kernel are not as they were left.</summary>
    public int CountDrift(Balance balance)
    {
        NftDump dump = Dump();
        if (dump.ReadRules() != rules)
        {
            return 1;
        }

        return MapDrift.Count(dump, VipTable.Maps, balance, Knows);
    }

    public void Dispose() => nft.Dispose();

    private NftDump Dump() => new(nft, NftFamily.Inet, VipTable.Name);
}
