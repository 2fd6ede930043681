using Skep.Docker.Engine;

namespace Skep.Agent.Oci;

/// <summary>Which of the kernel's namespaces a container has for itself, and which it shares.</summary>
internal static class SpecNamespaces
{
    public static IReadOnlyList<NamespaceSpec> Build(SpecInputs inputs)
    {
        HostConfig host = inputs.HostConfig;
        List<NamespaceSpec> namespaces = [new("mount")];
        if (inputs.Config.NetworkDisabled || host.NetworkMode != "host")
        {
            namespaces.Add(new NamespaceSpec("network", inputs.NetnsPath));
        }

        if (host.UtsMode != "host")
        {
            namespaces.Add(new NamespaceSpec("uts"));
        }

        AddShareable(namespaces, "pid", host.PidMode, inputs.PidNamespacePath);
        AddShareable(namespaces, "ipc", host.IpcMode, inputs.IpcNamespacePath);
        if (host.CgroupnsMode == "private" && inputs.Kernel.CgroupNamespaces)
        {
            namespaces.Add(new NamespaceSpec("cgroup"));
        }

        return namespaces;
    }

    /// <summary>Neither the machine's nor another container's.</summary>
    public static bool IsOwn(string mode)
        => mode != "host" && !mode.StartsWith("container:", StringComparison.Ordinal);

    private static void AddShareable(List<NamespaceSpec> namespaces, string type, string mode, string? path)
    {
        if (mode == "host")
        {
            return;
        }

        Invariant.Holds(IsOwn(mode) == path is null);
        namespaces.Add(new NamespaceSpec(type, path));
    }
}
