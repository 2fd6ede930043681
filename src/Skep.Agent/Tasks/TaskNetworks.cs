using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>Which of this node's networks a task's container goes on. Pure.</summary>
internal static class TaskNetworks
{
    private const string Predefined = "com.docker.swarm.predefined";

    /// <exception cref="RefusedException">It is to be on a network that reaches over nodes.</exception>
    public static void Check(SwarmTask task)
    {
        foreach (NetworkAttachment attachment in task.Networks)
        {
            if (!IsOfTheNode(attachment))
            {
                string name = attachment.Network?.Spec.Annotations.Name ?? "";
                throw new RefusedException(
                    ErrorKind.Unsupported, $"network {name} reaches over nodes, which this node cannot do yet");
            }
        }
    }

    /// <returns>"host", "none", "bridge" or another network that every node has by itself.</returns>
    public static string ModeOf(SwarmTask task) =>
        task.Networks.IsEmpty ? "bridge" : task.Networks[0].Network?.Spec.Annotations.Name ?? "bridge";

    private static bool IsOfTheNode(NetworkAttachment attachment) =>
        attachment.Network is { } network
        && network.Spec.Annotations.Labels.TryGetValue(Predefined, out string? value) && value == "true";
}
