using System.Text.Json;
using Skep.Docker.Validation;

namespace Skep.Agent.Oci;

/// <summary>Turns what a user asked and what the machine is into what runc is told. Pure.</summary>
/// <remarks>
/// The values are Docker's: a container must find the same world under both. What is refused here was not visible
/// to the checks of <c>Skep.Docker.Validation</c>, which ran when the container was made.
/// </remarks>
public static class SpecBuilder
{
    /// <returns>config.json as bytes.</returns>
    public static byte[] Build(SpecInputs inputs)
        => JsonSerializer.SerializeToUtf8Bytes(BuildSpec(inputs), OciJson.Default.RuntimeSpec);

    public static RuntimeSpec BuildSpec(SpecInputs inputs)
    {
        SecurityOptions security = SecurityOptions.Parse(inputs.HostConfig.SecurityOpt ?? []);
        IReadOnlyList<string> capabilities = Capabilities.For(
            inputs.HostConfig.CapAdd, inputs.HostConfig.CapDrop, inputs.HostConfig.Privileged,
            inputs.Kernel.Capabilities);
        bool hostUts = inputs.HostConfig.UtsMode == "host";
        return new RuntimeSpec
        {
            Process = SpecProcess.Build(inputs, security, capabilities),
            Root = new RootSpec(inputs.RootfsPath, inputs.HostConfig.ReadonlyRootfs),
            Hostname = hostUts || inputs.Hostname.Length == 0 ? null : inputs.Hostname,
            Mounts = SpecMounts.Build(inputs, security),
            Annotations = inputs.HostConfig.Annotations is { Count: > 0 } annotations ? annotations : null,
            Linux = BuildLinux(inputs, security, capabilities),
        };
    }

    private static LinuxSpec BuildLinux(
        SpecInputs inputs, SecurityOptions security, IReadOnlyList<string> capabilities)
    {
        bool privileged = inputs.HostConfig.Privileged;
        return new LinuxSpec
        {
            Sysctl = SpecSysctls.Build(inputs),
            Resources = SpecResources.Build(inputs.HostConfig, inputs.Kernel, inputs.DiskNumbers) with
            {
                Devices = SpecDevices.Rules(inputs),
            },
            CgroupsPath = inputs.CgroupsPath,
            Namespaces = SpecNamespaces.Build(inputs),
            Devices = SpecDevices.Nodes(inputs),
            Seccomp = SeccompFilter.For(
                security.Seccomp, inputs.DefaultSeccomp, privileged, capabilities, inputs.Kernel),
            RootfsPropagation = SpecMounts.RootPropagation(inputs.Mounts),
            MaskedPaths = inputs.HostConfig.MaskedPaths ?? (privileged ? [] : DefaultPaths.Masked(inputs.Kernel)),
            ReadonlyPaths = inputs.HostConfig.ReadonlyPaths ?? (privileged ? [] : DefaultPaths.Readonly),
        };
    }
}
