using Skep.Docker.Mounts;

namespace Skep.Agent.Cgroups;

/// <summary>
/// Where this machine's control groups are: one tree for each controller (v1), one for all (v2), or both.
/// </summary>
/// <remarks>
/// A machine with both ("hybrid") is used as v1, as runc does it. Found once; mounts do not change under a daemon.
/// </remarks>
public sealed record CgroupLayout
{
    private const string StandardMount = "/sys/fs/cgroup";

    /// <summary>Only v2.</summary>
    public required bool IsUnified { get; init; }

    /// <summary>v1: where each controller's tree is, "memory" to "/sys/fs/cgroup/memory".</summary>
    public required IReadOnlyDictionary<string, string> Trees { get; init; }

    /// <summary>v2: the one tree's mount point; null: there is none.</summary>
    public string? UnifiedMount { get; init; }

    /// <summary>Every tree that can hold a container's groups.</summary>
    public IEnumerable<string> AllMounts
        => Trees.Values.Concat(UnifiedMount is string unified ? [unified] : Enumerable.Empty<string>()).Distinct();

    public static CgroupLayout Detect() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <param name="mountInfo">Lines of /proc/self/mountinfo (proc(5)).</param>
    public static CgroupLayout Parse(IEnumerable<string> mountInfo)
    {
        var trees = new Dictionary<string, string>();
        string? unified = null;
        foreach (string line in mountInfo)
        {
            // 36 35 98:0 /root /mount/point options tags - type source super-options
            string[] halves = line.Split(" - ", 2);
            string[] before = halves[0].Split(' ');
            string[] after = halves.Length == 2 ? halves[1].Split(' ') : [];
            if (before.Length < 6 || after.Length < 3)
            {
                continue;
            }

            string mountPoint = before[4];
            if (after[0] == "cgroup2")
            {
                // The standard place wins over a second mount of the same tree.
                unified = unified is null || mountPoint == StandardMount ? mountPoint : unified;
            }
            else if (after[0] == "cgroup")
            {
                foreach (string option in after[2].Split(','))
                {
                    trees.TryAdd(option, mountPoint);
                }
            }
        }

        return new CgroupLayout { IsUnified = unified == StandardMount, Trees = trees, UnifiedMount = unified };
    }

    /// <summary>
    /// The directory of a group in one controller's tree; null: the machine does not have the controller.
    /// </summary>
    /// <param name="controller">v1's name; with v2 there is one directory for all.</param>
    public string? DirectoryOf(string controller, string cgroupsPath)
    {
        string? mount = IsUnified ? UnifiedMount : Trees.GetValueOrDefault(controller);
        return mount is null ? null : mount + PathText.Clean("/" + cgroupsPath);
    }
}
