using System.Globalization;
using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>Docker's names and labels of tasks' containers. Pure.</summary>
public static class TaskNames
{
    public const string TaskId = "com.docker.swarm.task.id", NodeId = "com.docker.swarm.node.id";

    private const string System = "com.docker.swarm.";

    /// <summary>service.slot.task, or service.node.task where there is no slot.</summary>
    public static string Of(SwarmTask task) => task.Annotations.Name.Length > 0
        ? task.Annotations.Name
        : $"{task.ServiceAnnotations.Name}.{SlotOf(task)}.{task.Id}";

    /// <summary>The slot, or the node of a task that has none.</summary>
    public static string SlotOf(SwarmTask task) =>
        task.Slot != 0 ? task.Slot.ToString(CultureInfo.InvariantCulture) : task.NodeId.Value;

    /// <summary>The spec's labels, the task's own over them, and the system's over all.</summary>
    public static IReadOnlyDictionary<string, string> Labels(SwarmTask task, ContainerSpec container)
    {
        var labels = new Dictionary<string, string>();
        foreach ((string key, string value) in container.Labels.Concat(task.Annotations.Labels))
        {
            labels[key] = value;
        }

        labels[System + "task"] = "";
        labels[TaskId] = task.Id.Value;
        labels[System + "task.name"] = Of(task);
        labels[NodeId] = task.NodeId.Value;
        labels[System + "service.id"] = task.ServiceId.Value;
        labels[System + "service.name"] = task.ServiceAnnotations.Name;
        return labels;
    }
}
