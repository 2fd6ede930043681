using Skep.Docker.Mounts;

namespace Skep.Agent.Cgroups;

/// <summary>
/// Which group a container's processes are in. Absolute, so that it does not depend on the daemon's own group.
/// </summary>
public static class CgroupPaths
{
    /// <summary>The group of one container.</summary>
    /// <param name="container">HostConfig.CgroupParent; "": the daemon's.</param>
    /// <param name="daemon">--cgroup-parent; null or "": a group with the instance's name.</param>
    public static string For(Instance instance, string? daemon, string container, string containerId)
        => PathText.Clean("/" + $"{(container.Length > 0 ? container : Parent(instance, daemon))}/{containerId}");

    /// <summary>The group of all containers that do not choose another.</summary>
    public static string Parent(Instance instance, string? daemon)
        => PathText.Clean("/" + (string.IsNullOrEmpty(daemon) ? instance.Name : daemon));

    /// <summary>Whether a process is in the group of a container, or in one below it.</summary>
    public static bool IsOf(int pid, string containerId)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/cgroup").Any(
                line => line.Split('/').Contains(containerId, StringComparer.Ordinal));
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }
}
