using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Values;

namespace Skep.Docker.Stacks;

/// <summary>deploy.resources: what a task may use, and what is kept free for it.</summary>
internal static class StackResources
{
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
        try
        {
            return string.IsNullOrEmpty(text) ? 0 : CpuCount.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw ComposeException.At(service.PlaceOf("deploy"), $"service {service.Name}: {wrong.Message}");
        }
    }
}
