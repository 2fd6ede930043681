using System.Globalization;
using Skep.Docker.Compose;
using Skep.Docker.Engine;

namespace Skep.Docker.Stacks;

/// <summary>deploy.resources: what a task may use, and what is kept free for it.</summary>
internal static class StackResources
{
    private const decimal NanoCpus = 1_000_000_000m;

    public static TaskResources Of(ComposeService service) => new()
    {
        Limits = service.Deploy.Limits is not { } limits ? null : new TaskLimits
        {
            NanoCpus = Cpus(service, limits.Cpus),
            MemoryBytes = limits.MemoryBytes,
            Pids = limits.Pids,
        },
        Reservations = service.Deploy.Reservations is not { } reserved ? null : new NodeResources
        {
            NanoCpus = Cpus(service, reserved.Cpus),
            MemoryBytes = reserved.MemoryBytes,
            GenericResources = reserved.Generic.IsEmpty
                ? null
                : [.. reserved.Generic.Select(resource => new GenericResource
                {
                    DiscreteResourceSpec = new DiscreteGenericResource { Kind = resource.Kind, Value = resource.Value },
                })],
        },
    };

    private static long Cpus(ComposeService service, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal cpus)
            || Math.Abs(cpus) > long.MaxValue / NanoCpus)
        {
            throw ComposeException.At(service.PlaceOf("deploy"),
                $"service {service.Name}: failed to parse {text} as a rational number");
        }

        decimal nano = cpus * NanoCpus;
        return decimal.IsInteger(nano) ? (long)nano : throw ComposeException.At(
            service.PlaceOf("deploy"), $"service {service.Name}: value is too precise");
    }
}
