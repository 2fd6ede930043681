using Skep.Docker.Compose;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Docker.Stacks;

/// <summary>Options of `docker run` as the labels of containers by which nodes know them.</summary>
internal static class StackRunOptions
{
    /// <exception cref="ComposeException">An option of the service cannot be had in a swarm.</exception>
    public static ValueMap<string> AddTo(ValueMap<string> labels, ComposeService service)
    {
        ComposeRunOptions run = service.Run;
        foreach ((string key, string label, string? value) in new[]
        {
            ("privileged", RunLabels.Privileged, run.IsPrivileged ? "true" : null),
            ("pid", RunLabels.Pid, run.Pid),
            ("ipc", RunLabels.Ipc, run.Ipc),
            ("uts", RunLabels.Uts, run.Uts),
            ("security_opt", RunLabels.AppArmor, StackPrivileges.ProfileOf(service)),
            ("cgroup", RunLabels.CgroupNamespace, run.CgroupNamespace),
            ("cgroup_parent", RunLabels.CgroupParent, run.CgroupParent),
            ("devices", RunLabels.Device, Joined(run.Devices)),
            ("device_cgroup_rules", RunLabels.DeviceRule, Joined(run.DeviceRules)),
        })
        {
            if (value is not null)
            {
                labels = labels.With(label, Checked(service, key, label, value));
            }
        }

        return labels;
    }

    private static string? Joined(ValueList<string> items) => items.IsEmpty ? null : string.Join(',', items);

    private static string Checked(ComposeService service, string key, string label, string value)
    {
        try
        {
            RunLabels.Read(ValueMap.Of((label, value)));
            return value;
        }
        catch (RefusedException refused)
        {
            throw ComposeException.At(
                service.PlaceOf(key), $"services.{service.Name}.{key}: {refused.Message}");
        }
    }
}
