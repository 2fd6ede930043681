using Skep.Swarm.Objects;

namespace Skep.Swarm.Services;

/// <summary>Which container specs can be, in SwarmKit's order and words.</summary>
internal static class ContainerChecks
{
    private const long HealthNanosecondsMin = 1_000_000;

    public static void Check(TaskSpec task, ContainerFormats formats)
    {
        ContainerSpec container = Expand(task, formats.Expand);
        if (container.Image.Length == 0)
        {
            throw Invalid("ContainerSpec: image reference must be provided");
        }
        if (!formats.IsImageName(container.Image))
        {
            throw Invalid($"ContainerSpec: \"{container.Image}\" is not a valid repository/tag");
        }
        CheckMounts(container.Mounts);
        CheckHealth(container.Healthcheck);
        CheckRunLabels(container.Labels);
    }

    private static void CheckRunLabels(ValueMap<string> labels)
    {
        try
        {
            RunLabels.Read(labels);
        }
        catch (RefusedException refusal)
        {
            throw Invalid($"ContainerSpec: {refusal.Message}");
        }
    }

    /// <summary>The templates are tried with a task that does not exist, so that a mistake shows at once.</summary>
    private static ContainerSpec Expand(TaskSpec spec, ExpandContainer expand)
    {
        var task = new SwarmTask
        {
            Id = default,
            Spec = spec,
            ServiceId = new("serviceid"),
            Slot = 1,
            NodeId = new("nodeid"),
            Annotations = new() { Name = "taskname" },
            ServiceAnnotations = new() { Name = "servicename" },
            Endpoint = new(),
            LogDriver = spec.LogDriver,
        };
        var node = new NodeDescription
        {
            Hostname = "nodeHostname",
            Platform = new() { Architecture = "architecture", OS = "os" },
        };
        try
        {
            return expand(task, node);
        }
        catch (RefusedException refusal)
        {
            throw Invalid(SwarmRefusal.Parts(refusal).Description);
        }
    }

    private static void CheckMounts(ValueList<Mount> mounts)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (Mount mount in mounts)
        {
            if (!targets.Add(mount.Target))
            {
                throw Invalid($"ContainerSpec: duplicate mount point: {mount.Target}");
            }
        }
    }

    private static void CheckHealth(HealthConfig? health)
    {
        if (health is null)
        {
            return;
        }
        CheckHealthTime("Interval", health.Interval);
        CheckHealthTime("Timeout", health.Timeout);
        CheckHealthTime("StartPeriod", health.StartPeriod);
        CheckHealthTime("StartInterval", health.StartInterval);
        if (health.Retries < 0)
        {
            throw Invalid("ContainerSpec: Retries in HealthConfig cannot be negative");
        }
    }

    private static void CheckHealthTime(string name, SwarmDuration? time)
    {
        if (time is { } given && given != SwarmDuration.Zero && given.ToNanoseconds() < HealthNanosecondsMin)
        {
            throw Invalid($"ContainerSpec: {name} in HealthConfig cannot be less than 1ms");
        }
    }

    private static RefusedException Invalid(string problem) => SwarmRefusal.Of(SwarmCode.InvalidArgument, problem);
}
