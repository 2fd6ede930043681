namespace Skep.Agent.Cgroups;

/// <summary>
/// Takes away groups that containers of this instance left behind: after a crash, or when runc was killed.
/// </summary>
/// <remarks>The kernel keeps a group that still has a process: nothing that runs is touched.</remarks>
public static class CgroupLeftovers
{
    private const int IdLength = 64;

    /// <summary>Removes the empty groups below a parent that are named like containers and are not alive.</summary>
    /// <param name="parent">As <see cref="CgroupPaths.Parent"/> says.</param>
    /// <param name="alive">Ids of containers that run or start.</param>
    public static void Remove(CgroupLayout layout, string parent, IReadOnlySet<string> alive)
    {
        foreach (string directory in Directories(layout, parent))
        {
            foreach (string group in Directory.EnumerateDirectories(directory))
            {
                string name = Path.GetFileName(group);
                bool isContainer = name.Length == IdLength && name.All(char.IsAsciiHexDigitLower);
                if (isContainer && !alive.Contains(name))
                {
                    RemoveTree(group);
                }
            }
        }
    }

    /// <summary>Removes one container's groups in every tree.</summary>
    /// <returns>False when a process is still in one.</returns>
    public static bool RemoveGroup(CgroupLayout layout, string cgroupsPath)
        => Directories(layout, cgroupsPath).Count(directory => !RemoveTree(directory)) == 0;

    private static IReadOnlyList<string> Directories(CgroupLayout layout, string path)
        => [.. layout.AllMounts.Select(mount => mount + path).Where(Directory.Exists)];

    /// <summary>Inner groups first: rmdir takes only what has no groups in it.</summary>
    private static bool RemoveTree(string group)
    {
        try
        {
            bool removed = true;
            foreach (string inner in Directory.EnumerateDirectories(group))
            {
                removed &= RemoveTree(inner);
            }

            Directory.Delete(group);
            return removed;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            // EBUSY: a process is in it.
            return false;
        }
    }
}
