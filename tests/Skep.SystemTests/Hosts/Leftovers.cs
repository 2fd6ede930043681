using System.Globalization;
using System.Text.RegularExpressions;

namespace Skep.SystemTests.Hosts;

/// <summary>
/// Removes hosts, whoever made them: at the end of a test, and at the start of a run after one that broke.
/// </summary>
internal static partial class Leftovers
{
    private static readonly TimeSpan endTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Removes everything whose name is ours and whose owner runs no more.</summary>
    public static async Task SweepAsync()
    {
        IEnumerable<string> folders = Directory
            .EnumerateDirectories(Path.GetTempPath(), TestHosts.Prefix + "*").Select(path => Path.GetFileName(path)!);
        IEnumerable<string> namespaces = Directory.Exists("/run/netns")
            ? Directory.EnumerateFiles("/run/netns").Select(path => Path.GetFileName(path)!.Split('-')[0])
            : [];
        IEnumerable<string> groups = CgroupTrees()
            .SelectMany(tree => Directory.EnumerateDirectories(tree, TestHosts.Prefix + "*"))
            .Select(path => Path.GetFileName(path)!);
        foreach (string name in folders.Concat(namespaces).Concat(groups).Distinct().ToList())
        {
            if (OwnName().Match(name) is { Success: true } match && !IsOwned(name, match.Groups[1].Value))
            {
                await RemoveAsync(name);
            }
        }
    }

    /// <summary>Removes the hosts with this name and proves that nothing of them is left.</summary>
    public static async Task RemoveAsync(string name)
    {
        string folder = Path.Combine(Path.GetTempPath(), name);
        await KillHostsAsync(folder);
        foreach (string path in Namespaces(name))
        {
            await new Command("ip", "netns", "del", Path.GetFileName(path)).RunAsync();
        }

        foreach (string mount in MountsBelow(folder))
        {
            await new Command("umount", "-l", mount).RunAsync();
        }

        await RemoveCgroupsAsync(name);
        if (Directory.Exists(folder))
        {
            await new Command("rm", "-rf", "--one-file-system", folder).CheckAsync();
        }

        List<string> left =
        [
            .. Namespaces(name), .. MountsBelow(folder),
            .. CgroupTrees().Select(tree => Path.Combine(tree, name)).Where(Directory.Exists),
        ];
        if (left.Count > 0)
        {
            throw new InvalidOperationException("Left over: " + string.Join(' ', left));
        }
    }

    private static bool IsOwned(string name, string process)
    {
        string file = Path.Combine(Path.GetTempPath(), name, TestHosts.OwnerFile);
        ProcessMark? owner = File.Exists(file)
            ? ProcessMark.Parse(File.ReadAllText(file))
            : ProcessMark.Of(int.Parse(process, CultureInfo.InvariantCulture));
        return owner?.IsAlive == true;
    }

    /// <summary>The first process of a host takes all others with it.</summary>
    private static async Task KillHostsAsync(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string host in Directory.EnumerateDirectories(folder))
        {
            string file = Path.Combine(host, TestHosts.FirstProcessFile);
            if (File.Exists(file) && ProcessMark.Parse(await File.ReadAllTextAsync(file)) is { IsAlive: true } first)
            {
                await new Command("kill", "-KILL", $"{first.Id}").RunAsync();
                await WakeAsync(host);
                await Eventually.TrueAsync($"{host} is down", endTimeout, () => !first.IsAlive);
            }
        }
    }

    // A host is down when the last of its processes was buried, which one that stands still does not do.
    private static async Task WakeAsync(string host)
    {
        Finished all = await new Command("ps", "-eww", "-o", "pid=,stat=,args=").RunAsync();
        foreach (string line in all.Output.Split('\n').Where(line => line.Contains(host + "/") || line.EndsWith(host)))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[1].StartsWith('T'))
            {
                await new Command("kill", "-CONT", words[0]).RunAsync();
            }
        }
    }

    private static List<string> Namespaces(string name) =>
        Directory.Exists("/run/netns") ? [.. Directory.EnumerateFiles("/run/netns", name + "-*")] : [];

    private static List<string> MountsBelow(string folder) =>
    [
        .. File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])
            .Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Reverse(),
    ];

    /// <summary>cgroup v2's one tree, or v1's many, without the second names that some of them have.</summary>
    private static IEnumerable<string> CgroupTrees() =>
        File.Exists("/sys/fs/cgroup/cgroup.controllers")
            ? ["/sys/fs/cgroup"]
            : Directory.EnumerateDirectories("/sys/fs/cgroup")
                .Where(path => File.ResolveLinkTarget(path, returnFinalTarget: false) is null);

    /// <summary>A cgroup can only be removed when the kernel has buried its last process.</summary>
    private static Task RemoveCgroupsAsync(string name) =>
        Eventually.TrueAsync($"the cgroups of {name} are gone", endTimeout, async () =>
        {
            bool isGone = true;
            foreach (string top in CgroupTrees().Select(tree => Path.Combine(tree, name)).Where(Directory.Exists))
            {
                await KillMembersAsync(top);
                await new Command("find", top, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+").RunAsync();
                isGone &= !Directory.Exists(top);
            }

            return isGone;
        });

    private static async Task KillMembersAsync(string top)
    {
        Finished members = await new Command("find", top, "-name", "cgroup.procs", "-exec", "cat", "{}", "+")
            .RunAsync();
        foreach (string process in members.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await new Command("kill", "-KILL", process).RunAsync();
        }
    }

    [GeneratedRegex("^" + TestHosts.Prefix + @"(\d+)x\d+$")]
    private static partial Regex OwnName();
}
