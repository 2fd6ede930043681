using Skep.Docker.Engine;
using Skep.Engine.Routing;

namespace Skep.Engine.Endpoints;

/// <summary>Passes over what a spec could not say yet in the version of the API that its client speaks.</summary>
internal static class ServiceSpecAge
{
    private const int Sysctls = 40, Jobs = 41, Profiles = 44, TmpfsOptions = 46;

    public static ServiceSpec Adjust(ServiceSpec spec, ApiVersion version) => version.IsAtLeast(1, TmpfsOptions)
        ? spec
        : spec with
        {
            Mode = version.IsAtLeast(1, Jobs) ? spec.Mode : spec.Mode with { ReplicatedJob = null, GlobalJob = null },
            TaskTemplate = Adjust(spec.TaskTemplate, version),
        };

    private static TaskSpec Adjust(TaskSpec spec, ApiVersion version) => spec with
    {
        ContainerSpec = spec.ContainerSpec is { } container ? Adjust(container, version) : null,
        Resources = spec.Resources is { Limits: { } limits } && !version.IsAtLeast(1, Jobs)
            ? spec.Resources with { Limits = limits with { Pids = 0 } }
            : spec.Resources,
        Placement = spec.Placement is { } placement && !version.IsAtLeast(1, Sysctls)
            ? placement with { MaxReplicas = 0 }
            : spec.Placement,
    };

    private static ContainerSpec Adjust(ContainerSpec spec, ApiVersion version)
    {
        bool hasProfiles = version.IsAtLeast(1, Profiles);
        bool hasLimits = version.IsAtLeast(1, Jobs);
        bool hasSysctls = version.IsAtLeast(1, Sysctls);
        ContainerPrivileges? privileges = spec.Privileges is null || hasProfiles
            ? spec.Privileges
            : spec.Privileges with { Seccomp = null, AppArmor = null, NoNewPrivileges = false };
        return spec with
        {
            Mounts = spec.Mounts is { } mounts ? [.. mounts.Select(WithoutOptions)] : null,
            OomScoreAdj = 0,
            Privileges = privileges is { CredentialSpec: { } credentials } && !hasSysctls
                ? privileges with { CredentialSpec = credentials with { Config = "" } }
                : privileges,
            Healthcheck = spec.Healthcheck is { } health && !hasProfiles
                ? health with { StartInterval = 0 }
                : spec.Healthcheck,
            CapabilityAdd = hasLimits ? spec.CapabilityAdd : null,
            CapabilityDrop = hasLimits ? spec.CapabilityDrop : null,
            Ulimits = hasLimits ? spec.Ulimits : null,
            Sysctls = hasSysctls ? spec.Sysctls : null,
            Configs = hasSysctls || spec.Configs is null
                ? spec.Configs
                : [.. spec.Configs.Select(config => config with { Runtime = null })],
        };
    }

    private static Mount WithoutOptions(Mount mount) => mount.TmpfsOptions is { } tmpfs
        ? mount with { TmpfsOptions = tmpfs with { Options = null } }
        : mount;
}
