using Skep.Agent;
using Skep.Agent.Cgroups;
using Skep.Linux.Mounts;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>What an instance leaves in the kernel beside its networks: mounts and control groups.</summary>
internal static class KernelState
{
    /// <summary>Removes it all. Nothing may run in the instance any more.</summary>
    /// <param name="cgroupParent">Parent of the containers' groups; null: the instance's own.</param>
    public static void Remove(Instance instance, string? cgroupParent, Log log)
    {
        foreach (string root in new[] { instance.ExecRoot, instance.DataRoot })
        {
            // The root may be a mount itself, of whoever set this machine up: that one stays.
            foreach (MountEntry mount in MountTable.Below(root).Where(mount => mount.Target != root))
            {
                KernelMounts.Detach(mount.Target);
            }
        }

        CgroupLayout layout = CgroupLayout.Detect();
        string own = "/" + instance.Name;
        CgroupLeftovers.Remove(layout, cgroupParent ?? own, new HashSet<string>());
        if (!CgroupLeftovers.RemoveGroup(layout, own))
        {
            log.Warn("a control group is still in use and stays", ("group", own));
        }
    }
}
