using Skep.Docker.References;
using Skep.Docker.Templates;
using Skep.Swarm.Services;

namespace Skep.SwarmMode;

/// <summary>What managers must know of Docker's formats to check the specs of services.</summary>
internal static class ServiceFormats
{
    public static readonly ContainerFormats Docker = new(
        static image => ImageReference.TryParse(image) is not null,
        static (task, node) => new TaskTemplate(task, node).Expand(task.Spec.Container!));
}
