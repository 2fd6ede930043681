using System.Globalization;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Services;

/// <summary>How tasks are called.</summary>
public static class TaskNames
{
    /// <summary>The name it was given, else <c>service.slot.id</c>; <c>service.node.id</c> without a slot.</summary>
    public static string Of(SwarmTask task)
    {
        if (task.Annotations.Name.Length > 0)
        {
            return task.Annotations.Name;
        }
        string place = task.Slot == 0 ? task.NodeId.Value : task.Slot.ToString(CultureInfo.InvariantCulture);
        return $"{task.ServiceAnnotations.Name}.{place}.{task.Id}";
    }
}
