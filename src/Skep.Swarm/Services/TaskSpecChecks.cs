using System.Globalization;
using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;

namespace Skep.Swarm.Services;

/// <summary>Which task specs can be, in SwarmKit's order and words.</summary>
internal static class TaskSpecChecks
{
    private const long NanoCpusMin = 1_000_000;
    private const long MemoryBytesMin = 4 << 20;
    private const int RuntimeKindMin = 3;

    public static void Check(TaskSpec task, ContainerFormats formats)
    {
        CheckResources(task.Resources?.Limits);
        CheckResources(task.Resources?.Reservations);
        CheckRestart(task.Restart);
        ConstraintSet.Parse(task.Placement?.Constraints ?? default);
        if (task.Container is { } container)
        {
            ReferenceChecks.CheckSecrets(container);
            ReferenceChecks.CheckConfigs(container);
            ContainerChecks.Check(task, formats);
            return;
        }
        switch (task.Runtime)
        {
            case null:
                throw Invalid("TaskSpec: missing runtime");
            case GenericRuntimeSpec generic:
                CheckGeneric(generic);
                break;
            default:
                throw SwarmRefusal.Of(
                    SwarmCode.Unimplemented, "RuntimeSpec: unimplemented runtime in service spec");
        }
    }

    private static void CheckResources(Resources? resources)
    {
        if (resources is null)
        {
            return;
        }
        if (resources.NanoCpus != 0 && resources.NanoCpus < NanoCpusMin)
        {
            string cpus = (resources.NanoCpus / 1e9).ToString(CultureInfo.InvariantCulture).ToLowerInvariant();
            throw Invalid($"invalid cpu value {cpus}: Must be at least 0.001");
        }
        if (resources.MemoryBytes != 0 && resources.MemoryBytes < MemoryBytesMin)
        {
            throw Invalid($"invalid memory value {resources.MemoryBytes}: Must be at least 4MiB");
        }
    }

    private static void CheckRestart(RestartPolicy? restart)
    {
        if (restart?.Delay?.ToNanoseconds() < 0)
        {
            throw Invalid("TaskSpec: restart-delay cannot be negative");
        }
        if (restart?.Window?.ToNanoseconds() < 0)
        {
            throw Invalid("TaskSpec: restart-window cannot be negative");
        }
    }

    private static void CheckGeneric(GenericRuntimeSpec generic)
    {
        string kind = generic.Kind;
        if (kind.Length < RuntimeKindMin)
        {
            throw Invalid($"Generic runtime: Invalid name \"{kind}\"");
        }
        if (kind.Equals("container", StringComparison.OrdinalIgnoreCase)
            || kind.Equals("attachment", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid($"Generic runtime: \"{kind}\" is a reserved name");
        }
        string? problem = generic.Payload switch
        {
            null => "Generic runtime is missing payload",
            { TypeUrl.Length: 0 } => "Generic runtime is missing payload type",
            { Value.IsEmpty: true } => "Generic runtime has an empty payload",
            _ => null,
        };
        if (problem is not null)
        {
            throw Invalid(problem);
        }
    }

    private static RefusedException Invalid(string problem) => SwarmRefusal.Of(SwarmCode.InvalidArgument, problem);
}
