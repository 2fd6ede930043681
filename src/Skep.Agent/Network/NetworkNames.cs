using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Finds a network by what a user calls it.</summary>
internal static class NetworkNames
{
    /// <summary>By whole id, then by name, then by the beginning of an id.</summary>
    /// <exception cref="RefusedException">None is meant, or more than one.</exception>
    public static NetworkRecord Resolve(IEnumerable<NetworkRecord> networks, string term)
    {
        var byName = new List<NetworkRecord>();
        var byPrefix = new List<NetworkRecord>();
        foreach (NetworkRecord network in networks)
        {
            if (network.Id == term)
            {
                return network;
            }

            if (network.Name == term)
            {
                byName.Add(network);
            }

            if (term.Length > 0 && network.Id.StartsWith(term, StringComparison.Ordinal))
            {
                byPrefix.Add(network);
            }
        }

        return Single(byName, term, "name")
            ?? Single(byPrefix, term, "ID prefix")
            ?? throw new RefusedException(ErrorKind.NotFound, $"network {term} not found");
    }

    private static NetworkRecord? Single(List<NetworkRecord> found, string term, string by) => found.Count switch
    {
        0 => null,
        1 => found[0],
        _ => throw new RefusedException(
            ErrorKind.Invalid, $"network {term} is ambiguous ({found.Count} matches found based on {by})"),
    };
}
