using System.Globalization;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>Which devices a container may use, and which nodes it finds in /dev beyond runc's own.</summary>
internal static class SpecDevices
{
    private static readonly DeviceRuleSpec Nothing = new(false, null, null, null, "rwm");
    private static readonly DeviceRuleSpec Everything = new(true, null, null, null, "rwm");

    /// <summary>The first rule forbids all; runc adds mknod, ptmx, pts and full by itself.</summary>
    private static readonly DeviceRuleSpec[] Defaults =
    [
        Nothing,
        new(true, "c", 1, 5, "rwm"), // zero
        new(true, "c", 1, 3, "rwm"), // null
        new(true, "c", 1, 9, "rwm"), // urandom
        new(true, "c", 1, 8, "rwm"), // random
        new(true, "c", 5, 0, "rwm"), // tty
        new(true, "c", 5, 1, "rwm"), // console
        new(false, "c", 10, 229, "rwm"), // fuse
    ];

    public static IReadOnlyList<DeviceRuleSpec> Rules(SpecInputs inputs)
    {
        RefuseRequests(inputs.HostConfig.DeviceRequests ?? []);
        if (inputs.HostConfig.Privileged)
        {
            return [Everything];
        }

        IEnumerable<DeviceRuleSpec> granted = inputs.Devices.Select(grant => new DeviceRuleSpec(
            true, grant.Device.Type, grant.Device.Major, grant.Device.Minor, grant.Access));
        IEnumerable<DeviceRuleSpec> asked = (inputs.HostConfig.DeviceCgroupRules ?? [])
            .Select(text => ToSpec(DeviceCgroupRule.Parse(text)));
        return [.. Defaults, .. granted, .. asked];
    }

    /// <summary>A privileged container has the machine's nodes, and in addition those it gave another path.</summary>
    public static IReadOnlyList<DeviceSpec>? Nodes(SpecInputs inputs)
    {
        IEnumerable<DeviceSpec> granted = inputs.Devices.Select(grant => grant.Device);
        if (inputs.HostConfig.Privileged)
        {
            var known = inputs.MachineDevices.Select(device => device.Path).ToHashSet();
            granted = inputs.MachineDevices.Concat(granted.Where(device => !known.Contains(device.Path)));
        }

        DeviceSpec[] nodes = [.. granted];
        return nodes.Length == 0 ? null : nodes;
    }

    /// <summary>GPUs and the like need a driver beside the engine, and this one knows none.</summary>
    private static void RefuseRequests(IReadOnlyList<DeviceRequest> requests)
    {
        foreach (DeviceRequest request in requests)
        {
            // Printed as Go prints a list of lists: [[gpu] [nvidia compute]].
            IEnumerable<string> sets = (request.Capabilities ?? []).Select(set => $"[{string.Join(' ', set)}]");
            throw new RefusedException(ErrorKind.Invalid, $"could not select device driver \"{request.Driver}\" "
                + $"with capabilities: [{string.Join(' ', sets)}]");
        }
    }

    private static DeviceRuleSpec ToSpec(DeviceCgroupRule rule)
        => new(true, rule.Type.ToString(CultureInfo.InvariantCulture), rule.Major ?? -1, rule.Minor ?? -1, rule.Access);
}
