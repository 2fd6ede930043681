namespace Skep.Agent.Oci;

/// <summary>Kernel settings of a container's own namespaces.</summary>
internal static class SpecSysctls
{
    public static IReadOnlyDictionary<string, string>? Build(SpecInputs inputs)
    {
        var sysctls = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (inputs.Domainname.Length > 0 && inputs.HostConfig.UtsMode != "host")
        {
            // The specification has no member for it before 1.1; the setting has the same effect.
            sysctls["kernel.domainname"] = inputs.Domainname;
        }

        if (SpecNamespaces.IsOwn(inputs.HostConfig.NetworkMode))
        {
            // Ping and ports below 1024 for every user: what they protected is a machine, and this is not one.
            if (inputs.Kernel.PingGroupRange)
            {
                sysctls["net.ipv4.ping_group_range"] = "0 2147483647";
            }

            if (inputs.Kernel.UnprivilegedPortStart)
            {
                sysctls["net.ipv4.ip_unprivileged_port_start"] = "0";
            }
        }

        foreach ((string name, string value) in inputs.HostConfig.Sysctls ?? new Dictionary<string, string>())
        {
            sysctls[name] = value;
        }

        return sysctls.Count == 0 ? null : sysctls;
    }
}
