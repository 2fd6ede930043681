using Skep.Docker.Engine;

namespace Skep.Docker.Stacks;

/// <summary>What the services of a stack use, and would use again if one were rolled back: pruning leaves it.</summary>
/// <param name="Secrets">Names.</param>
/// <param name="Configs">Names.</param>
/// <param name="Networks">Names or ids, as specs have either.</param>
public sealed record StackNeeds(
    IReadOnlySet<string> Secrets, IReadOnlySet<string> Configs, IReadOnlySet<string> Networks)
{
    /// <param name="wanted">The services that the compose file says.</param>
    /// <param name="there">Those of the swarm; others than the wanted ones need nothing, for they are pruned.</param>
    public static StackNeeds Of(IReadOnlyList<ServiceSpec> wanted, IEnumerable<ServiceInspect> there)
    {
        HashSet<string?> names = [.. wanted.Select(spec => spec.Name)];
        List<ServiceSpec> specs =
        [
            .. wanted,
            .. there.Where(service => names.Contains(service.Spec.Name))
                .SelectMany(service => new[] { service.Spec, service.PreviousSpec }).OfType<ServiceSpec>(),
        ];
        List<ContainerSpec> containers =
            [.. specs.Select(spec => spec.TaskTemplate.ContainerSpec).OfType<ContainerSpec>()];
        return new StackNeeds(
            containers.SelectMany(container => container.Secrets ?? []).Select(use => use.SecretName).ToHashSet(),
            containers.SelectMany(container => container.Configs ?? []).Select(use => use.ConfigName).ToHashSet(),
            specs.SelectMany(spec => (spec.TaskTemplate.Networks ?? []).Concat(spec.Networks ?? []))
                .Select(network => network.Target).OfType<string>().ToHashSet());
    }
}
