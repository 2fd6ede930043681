using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Which networks a list or a prune means. Pure.</summary>
internal static class NetworkFilters
{
    public static void RequireKnown(Filters filters) =>
        filters.RequireKnown("dangling", "driver", "id", "label", "name", "scope", "type");

    public static bool Includes(Filters filters, NetworkInspect network, bool isInUse)
    {
        if (filters.Has("dangling")
            && Flag(filters) != (!isInUse && !NetworkRecord.Predefined.Contains(network.Name)))
        {
            return false;
        }

        return filters.MatchesExact("driver", network.Driver)
            && filters.MatchesPattern("name", network.Name)
            && filters.MatchesPattern("id", network.Id)
            && filters.MatchesLabels("label", network.Labels)
            && filters.MatchesExact("scope", network.Scope)
            && MatchesType(filters, network);
    }

    private static bool MatchesType(Filters filters, NetworkInspect network)
    {
        bool isPredefined = NetworkRecord.Predefined.Contains(network.Name);
        bool matches = !filters.Has("type");
        foreach (string type in filters.Values("type"))
        {
            matches |= type switch
            {
                "builtin" => isPredefined,
                "custom" => !isPredefined,
                _ => throw new RefusedException(ErrorKind.Failed, $"invalid filter: 'type'='{type}'"),
            };
        }

        return matches;
    }

    private static bool Flag(Filters filters) => filters.Values("dangling") switch
    {
        ["0" or "false"] => false,
        ["1" or "true"] => true,
        [_] => throw new RefusedException(
            ErrorKind.Invalid,
            "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")"),
        _ => throw new RefusedException(ErrorKind.Invalid, "got more than one value for filter key \"dangling\""),
    };
}
