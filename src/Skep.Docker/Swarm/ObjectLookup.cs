using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Docker.Swarm;

/// <summary>Which object somebody means: the one with that id, else that name, else whose id begins so.</summary>
public static class ObjectLookup
{
    /// <param name="kind">"node", for the words of a refusal.</param>
    /// <param name="isNamed">Whether a name means this object.</param>
    /// <exception cref="RefusedException">None, or several.</exception>
    public static T Find<T>(IReadOnlyList<T> all, string wanted, string kind, Func<T, bool> isNamed)
        where T : StoreObject
    {
        if (all.FirstOrDefault(one => one.RawId == wanted) is { } exact)
        {
            return exact;
        }

        List<T> found = [.. all.Where(isNamed)];
        if (found.Count == 0)
        {
            found = [.. all.Where(one => one.RawId.StartsWith(wanted, StringComparison.Ordinal))];
        }

        return found switch
        {
            [T only] => only,
            [] => throw new RefusedException(ErrorKind.NotFound, $"{kind} {wanted} not found"),
            _ => throw new RefusedException(
                ErrorKind.Invalid, $"{kind} {wanted} is ambiguous ({found.Count} matches found)"),
        };
    }

    /// <summary>A node goes by the name of its machine.</summary>
    public static Node Node(IReadOnlyList<Node> all, string wanted) =>
        Find(all, wanted, "node", node => node.Description?.Hostname == wanted);

    public static Secret Secret(IReadOnlyList<Secret> all, string wanted) =>
        Find(all, wanted, "secret", secret => IsName(secret, wanted));

    public static Config Config(IReadOnlyList<Config> all, string wanted) =>
        Find(all, wanted, "config", config => IsName(config, wanted));

    // Names are unique without regard to case, so they are found without regard to it.
    private static bool IsName(StoreObject one, string wanted) =>
        string.Equals(one.Naming.Name, wanted, StringComparison.OrdinalIgnoreCase);
}
