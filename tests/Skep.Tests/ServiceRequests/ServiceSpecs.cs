using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Tests.ServiceRequests;

/// <summary>Specs of services to start a test from.</summary>
internal static class ServiceSpecs
{
    /// <summary>Takes every image but one, and every template.</summary>
    public static readonly ContainerFormats Formats = new(
        static image => image != "???", static (task, _) => task.Spec.Container!);

    public static ServiceSpec Named(string name) => new()
    {
        Annotations = new() { Name = name },
        Task = new() { Runtime = new ContainerSpec { Image = "busybox" } },
        Mode = new ReplicatedService { Replicas = 2 },
    };

    public static ServiceSpec With(this ServiceSpec spec, Func<ContainerSpec, ContainerSpec> change) => spec with
    {
        Task = spec.Task with { Runtime = change(spec.Task.Container!) },
    };

    public static ServiceSpec Publishing(this ServiceSpec spec, params PortConfig[] ports) => spec with
    {
        Endpoint = new() { Ports = [.. ports] },
    };
}
