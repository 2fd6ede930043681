using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>The modes "private", "host", "container:ID" … of a container's namespaces.</summary>
public static class NamespaceModes
{
    private const string OfContainer = "container:";

    /// <summary>The other container's name or id in "container:x"; null: the mode is another.</summary>
    public static string? ContainerOf(string mode)
        => mode.StartsWith(OfContainer, StringComparison.Ordinal) ? mode[OfContainer.Length..] : null;

    public static void Check(HostConfig host)
    {
        Refuse(host.IpcMode is not ("" or "none" or "private" or "host" or "shareable")
            && ContainerOf(host.IpcMode) is null, "invalid IPC mode", host.IpcMode);
        Refuse(host.PidMode is not ("" or "host")
            && string.IsNullOrEmpty(ContainerOf(host.PidMode)), "invalid PID mode", host.PidMode);
        Refuse(host.UtsMode is not ("" or "host"), "invalid UTS mode", host.UtsMode);
        Refuse(host.CgroupnsMode is not ("" or "private" or "host"),
            "invalid cgroup namespace mode", host.CgroupnsMode);
        Refuse(host.UsernsMode is not ("" or "host"), "invalid user namespace mode", host.UsernsMode);
    }

    private static void Refuse(bool wrong, string message, string mode)
    {
        if (wrong)
        {
            throw new RefusedException(ErrorKind.Invalid, $"{message}: {mode}");
        }
    }
}
