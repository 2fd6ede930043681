using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Mounts;

/// <summary>Which mounts a new container gets, from everything that can ask for one.</summary>
public static class MountPlan
{
    /// <param name="config">With the image's volumes merged in.</param>
    /// <param name="mountsOf">Mounts of another container, by id or name; refuses an unknown one.</param>
    /// <returns>In the order they were asked for, each destination once.</returns>
    public static IReadOnlyList<ContainerMount> Decide(
        ContainerConfig config, HostConfig host, Func<string, IReadOnlyList<ContainerMount>> mountsOf)
    {
        var planned = new List<ContainerMount>();
        foreach (string text in host.VolumesFrom ?? [])
        {
            (string container, bool isWritable) = MountParser.ParseVolumesFrom(text);
            foreach (ContainerMount mount in mountsOf(container).Where(mount => !mount.IsHidden))
            {
                Put(planned, mount with
                {
                    Mode = "",
                    Writable = mount.Writable && isWritable,
                    CopiesImage = false,
                });
            }
        }

        var asked = new HashSet<string>();
        IEnumerable<ContainerMount> tmpfs = (host.Tmpfs ?? new Dictionary<string, string>())
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => MountParser.ParseTmpfs(pair.Key, pair.Value));
        IEnumerable<ContainerMount> binds =
            (host.Binds ?? []).Select(text => MountParser.ParseBind(text, host.VolumeDriver));
        IEnumerable<ContainerMount> mounts = (host.Mounts ?? []).Select(MountParser.ParseMount);
        foreach (ContainerMount mount in tmpfs.Concat(binds).Concat(mounts))
        {
            if (!asked.Add(mount.Destination))
            {
                throw new RefusedException(ErrorKind.Invalid, $"Duplicate mount point: {mount.Destination}");
            }

            Put(planned, mount);
        }

        // An image may declare a volume where the user has put something else: no error.
        foreach (string target in (config.Volumes?.Keys ?? []).Order(StringComparer.Ordinal))
        {
            ContainerMount declared = MountParser.ParseDeclared(target, host.VolumeDriver);
            if (planned.All(mount => mount.Destination != declared.Destination))
            {
                planned.Add(declared);
            }
        }

        return planned;
    }

    /// <summary>By the depth of the destinations, otherwise as it was: no mount hides one before it.</summary>
    public static IReadOnlyList<ContainerMount> InMountOrder(IEnumerable<ContainerMount> mounts) =>
        [.. mounts.OrderBy(mount => mount.Destination.Count(letter => letter == '/'))];

    private static void Put(List<ContainerMount> planned, ContainerMount mount)
    {
        planned.RemoveAll(earlier => earlier.Destination == mount.Destination);
        planned.Add(mount);
    }
}
