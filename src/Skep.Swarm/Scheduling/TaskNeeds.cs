using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>What a task needs that changes only with the node itself, not with the other tasks on it.</summary>
/// <remarks>Equal by content: tasks with equal needs share one pool of nodes.</remarks>
/// <param name="Constraints">As the spec writes them.</param>
/// <param name="Platforms">Any of them will do; none: every platform.</param>
/// <param name="Plugins">All of them.</param>
/// <param name="SpreadOver">Labels over whose values the tasks are spread, the outermost first.</param>
internal sealed record StandingNeeds(
    ValueList<string> Constraints,
    ValueList<Platform> Platforms,
    ValueList<PluginDescription> Plugins,
    ValueList<string> SpreadOver);

/// <summary>All that a task needs of a node.</summary>
internal sealed class TaskNeeds
{
    private const string VolumePlugin = "Volume";
    private const string NetworkPlugin = "Network";
    private const string LogPlugin = "Log";

    private readonly SwarmTask task;
    private readonly Resources? reserved;
    private readonly HostPort[] hostPorts;
    private readonly bool wantsClusterVolume;

    public TaskNeeds(SwarmTask task)
    {
        this.task = task;
        reserved = task.Spec.Resources?.Reservations;
        hostPorts = [.. NodeRow.HostPortsOf(task)];
        wantsClusterVolume = MountsOf(task).Any(mount => mount.Type == MountType.Cluster);
        Placement? placement = task.Spec.Placement;
        Standing = new(
            placement?.Constraints ?? default,
            placement?.Platforms ?? default,
            ValueList.From(PluginsOf(task)),
            ValueList.From((placement?.Preferences ?? default)
                .Select(preference => preference.Spread?.SpreadDescriptor ?? "")
                .Where(IsLabel)));
        MaxReplicas = placement?.MaxReplicas ?? 0;
        HasReservations = reserved is not null
            && (reserved.NanoCpus != 0 || reserved.MemoryBytes != 0 || !reserved.Generic.IsEmpty);
    }

    public StandingNeeds Standing { get; }

    public bool HasReservations { get; }

    /// <summary>Tasks of the service per node; 0: any number.</summary>
    public ulong MaxReplicas { get; }

    public ValueList<GenericResource> Generic => reserved?.Generic ?? default;

    /// <summary>Old daemons do not say which log drivers they have; they are taken to have all.</summary>
    public static bool MayBeUnsaid(PluginDescription plugin) => plugin.Type == LogPlugin;

    public bool HasResources(NodeRow row)
    {
        if (!HasReservations)
        {
            return true;
        }
        if (reserved!.NanoCpus > row.FreeNanoCpus || reserved.MemoryBytes > row.FreeMemoryBytes)
        {
            return false;
        }
        foreach (GenericResource wish in reserved.Generic)
        {
            if (!row.Generic.HasFree(row.Node!, wish))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The filters behind the standing ones.</summary>
    /// <param name="ofService">Active tasks of the service that the node has.</param>
    /// <returns>Null when the node passes.</returns>
    public NodeFilter? LateFailure(NodeRow row, int ofService)
    {
        foreach (HostPort port in hostPorts)
        {
            if (row.IsTaken(port))
            {
                return NodeFilter.HostPort;
            }
        }
        if (MaxReplicas > 0 && (ulong)Math.Max(0, ofService) >= MaxReplicas)
        {
            return NodeFilter.MaxReplicas;
        }
        // There is no storage plugin to ask, so no cluster volume is ever within reach.
        return wantsClusterVolume ? NodeFilter.Volumes : null;
    }

    public override string ToString() => $"needs of {task.Annotations.Name}";

    private static bool IsLabel(string descriptor) =>
        Constraint.IsLabel(descriptor, Constraint.NodeLabelPrefix)
        || Constraint.IsLabel(descriptor, Constraint.EngineLabelPrefix);

    private static ValueList<Mount> MountsOf(SwarmTask task) => task.Spec.Container?.Mounts ?? default;

    private static IEnumerable<PluginDescription> PluginsOf(SwarmTask task)
    {
        foreach (Mount mount in MountsOf(task).AsEnumerable())
        {
            if (mount is { Type: MountType.Volume, VolumeOptions.DriverConfig.Name: { Length: > 0 } name }
                && name != "local")
            {
                yield return new() { Type = VolumePlugin, Name = name };
            }
        }
        foreach (NetworkAttachment attachment in task.Networks.AsEnumerable())
        {
            if (attachment.Network?.DriverState?.Name is { Length: > 0 } name)
            {
                yield return new() { Type = NetworkPlugin, Name = name };
            }
        }
        if (task.Spec.LogDriver?.Name is { Length: > 0 } log && log != "none")
        {
            yield return new() { Type = LogPlugin, Name = log };
        }
    }
}
