using Skep.Docker.Engine;

namespace Skep.Docker.Validation;

/// <summary>A request that may go on: without what the kernel cannot do, and with the words to say about it.</summary>
/// <param name="Warnings">For the answer to the request.</param>
public sealed record CheckedContainer(ContainerConfig Config, HostConfig Host, IReadOnlyList<string> Warnings);

/// <summary>A change of limits that may go on.</summary>
public sealed record CheckedResources(Resources Resources, IReadOnlyList<string> Warnings);

/// <summary>
/// Whether a container as it was asked for can be made on this machine. Pure; order and wording are Docker's.
/// </summary>
/// <remarks>Mounts and binds are checked where they are read (<c>Skep.Agent.Mounts</c>).</remarks>
public static class ContainerChecks
{
    /// <param name="config">The request's, before the image completes it.</param>
    public static CheckedContainer Check(ContainerConfig config, HostConfig host, KernelFacts kernel)
    {
        NetworkModeChecks.Check(config, host);
        HostChecks.CheckPlatform(host, kernel);
        ContainerConfig cleanConfig = ConfigChecks.Check(config);
        HostChecks.Check(host, kernel);
        var warnings = new List<string>();
        var limited = (HostConfig)ResourceChecks.Check(host, kernel, isUpdate: false, warnings);
        HostChecks.CheckKernel(limited, kernel, warnings);
        return new CheckedContainer(cleanConfig, limited, warnings);
    }

    /// <summary>POST /containers/{id}/update: new limits and perhaps a new restart policy.</summary>
    public static CheckedResources CheckUpdate(UpdateContainerRequest update, KernelFacts kernel)
    {
        if (update.RestartPolicy is { } policy)
        {
            RestartPolicyChecks.Check(policy);
        }

        var warnings = new List<string>();
        Resources limited = ResourceChecks.Check(update, kernel, isUpdate: true, warnings);
        return new CheckedResources(limited, warnings);
    }
}
