using System.Globalization;
using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>How a container is told which of the user's own resources it was given. Pure.</summary>
internal static class GenericResourceText
{
    /// <summary>DOCKER_RESOURCE_KIND=value,value.</summary>
    public static IEnumerable<string> Environment(ValueList<GenericResource> assigned) => assigned
        .Select(KindAndValue)
        .Where(static one => one.Kind.Length > 0)
        .GroupBy(static one => one.Kind, static one => one.Value, StringComparer.Ordinal)
        .Select(static group =>
            $"{("DOCKER_RESOURCE_" + group.Key).ToUpperInvariant()}={string.Join(',', group)}");

    private static (string Kind, string Value) KindAndValue(GenericResource resource) => resource switch
    {
        NamedGenericResource named => (named.Kind, named.Value),
        DiscreteGenericResource counted => (counted.Kind, counted.Value.ToString(CultureInfo.InvariantCulture)),
        _ => ("", ""),
    };
}
