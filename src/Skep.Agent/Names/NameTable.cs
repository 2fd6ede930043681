using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Names;

/// <summary>Who is on a network, by name and by address. Never changed, only replaced.</summary>
/// <remarks>
/// It is written when somebody asks: tables are replaced whenever a task comes or goes, and most are never looked at.
/// Thread-safe.
/// </remarks>
/// <param name="network">The network's name: "web.thatname" means web on it.</param>
/// <param name="hosts">
/// Names, of which the first is the one given for an address, and addresses. Gone through once, later, by anyone.
/// </param>
public sealed class NameTable(
    string network, IEnumerable<(IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses)> hosts)
{
    private readonly Lazy<Entries> entries = new(() => new Entries(hosts));

    public string Network => network;

    /// <summary>Addresses of both families; none if it leads nowhere now. Null: nobody is called so.</summary>
    public IReadOnlyList<IPAddress>? Find(string name) => entries.Value.ByName.GetValueOrDefault(name);

    public string? FindName(IPAddress address) => entries.Value.ByAddress.GetValueOrDefault(address);

    private sealed class Entries
    {
        public Entries(IEnumerable<(IReadOnlyList<string> Names, IEnumerable<IPAddress> Addresses)> hosts)
        {
            foreach ((IReadOnlyList<string> names, IEnumerable<IPAddress> addresses) in hosts)
            {
                IPAddress[] own = [.. addresses];
                foreach (IPAddress address in own)
                {
                    ByAddress[address] = names[0];
                }

                foreach (string name in names)
                {
                    if (!ByName.TryGetValue(name, out List<IPAddress>? found))
                    {
                        ByName.Add(name, found = []);
                    }

                    found.AddRange(own);
                }
            }
        }

        public Dictionary<string, List<IPAddress>> ByName { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Dictionary<IPAddress, string> ByAddress { get; } = [];
    }
}

/// <summary>What one container may know.</summary>
/// <param name="Networks">Those it is on, the one that leads out first.</param>
/// <param name="Aliases">Names that only this container uses for another one (--link), lower case.</param>
/// <param name="Upstreams">Whom to ask about other names; empty: nobody, for the container has no way out.</param>
/// <param name="KeepsSingleLabels">A name without a dot is never asked outside.</param>
public sealed record NameZone(
    IReadOnlyList<NameTable> Networks,
    IReadOnlyDictionary<string, string> Aliases,
    IReadOnlyList<IPAddress> Upstreams,
    bool KeepsSingleLabels)
{
    /// <summary>
    /// Addresses of a name without its final dot: in any of the networks, or in the one it ends with. Null: the name
    /// is none of ours.
    /// </summary>
    /// <param name="family">A network where the name has none of this family does not hide one where it has.</param>
    public IReadOnlyList<IPAddress>? Find(string name, AddressFamily family)
    {
        string target = Aliases.GetValueOrDefault(name.ToLowerInvariant(), name);
        IReadOnlyList<IPAddress>? nobody = null;
        foreach (NameTable network in Networks)
        {
            if (network.Find(target) is { } found)
            {
                if (found.Any(address => address.AddressFamily == family))
                {
                    return found;
                }

                nobody = found;
            }
        }

        foreach (NameTable network in Networks)
        {
            int start = name.Length - network.Network.Length;
            if (start > 1 && name[start - 1] == '.'
                && name.EndsWith(network.Network, StringComparison.OrdinalIgnoreCase)
                && network.Find(name[..(start - 1)]) is { } found)
            {
                return found;
            }
        }

        return nobody;
    }

    /// <summary>"name.network" of an address, or null if nobody has it.</summary>
    public string? FindName(IPAddress address)
    {
        foreach (NameTable network in Networks)
        {
            if (network.FindName(address) is { } name)
            {
                return $"{name}.{network.Network}";
            }
        }

        return null;
    }
}
