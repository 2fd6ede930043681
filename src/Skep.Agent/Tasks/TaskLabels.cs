using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Agent.Tasks;

/// <summary>Docker's labels of tasks' containers. Pure.</summary>
internal static class TaskLabels
{
    public const string TaskId = "com.docker.swarm.task.id";

    private const string System = "com.docker.swarm.";

    /// <summary>The spec's labels, the task's own over them, and the system's over all.</summary>
    public static IReadOnlyDictionary<string, string> Of(SwarmTask task, ContainerSpec container)
    {
        var labels = new Dictionary<string, string>();
        foreach ((string key, string value) in container.Labels.Concat(task.Annotations.Labels))
        {
            labels[key] = value;
        }

        labels[System + "task"] = "";
        labels[TaskId] = task.Id.Value;
        labels[System + "task.name"] = TaskNames.Of(task);
        labels[System + "node.id"] = task.NodeId.Value;
        labels[System + "service.id"] = task.ServiceId.Value;
        labels[System + "service.name"] = task.ServiceAnnotations.Name;
        return labels;
    }
}
