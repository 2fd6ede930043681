using Skep.Docker.Engine;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>
/// Looks up the device nodes of this machine that a container was given. The paths are the user's, not the image's.
/// </summary>
public static class HostDevices
{
    /// <summary>Directories below /dev that a container has its own of, or that hold no devices.</summary>
    private static readonly string[] NotMachine =
        ["/dev/pts", "/dev/shm", "/dev/fd", "/dev/mqueue", "/dev/.lxc", "/dev/.lxd-mounts", "/dev/.udev"];

    /// <summary>The nodes behind --device; a directory stands for every device in it.</summary>
    public static IReadOnlyList<DeviceGrant> Find(IReadOnlyList<DeviceMapping>? mappings)
    {
        var grants = new List<DeviceGrant>();
        using SafeRoot machine = SafeRoot.Open("/");
        foreach (DeviceMapping mapping in mappings ?? [])
        {
            string target = string.IsNullOrEmpty(mapping.PathInContainer)
                ? mapping.PathOnHost
                : mapping.PathInContainer;
            string access = string.IsNullOrEmpty(mapping.CgroupPermissions) ? "rwm" : mapping.CgroupPermissions;
            int before = grants.Count;
            FileKind kind = KindOf(machine, mapping.PathOnHost);
            if (kind == FileKind.Directory)
            {
                string directory = Path.GetFullPath(mapping.PathOnHost);
                grants.AddRange(NodesBelow(machine, directory, _ => true)
                    .Take(OciLimits.DevicesPerDirectory)
                    .Select(node => new DeviceGrant(
                        node with { Path = target.TrimEnd('/') + node.Path[directory.Length..] }, access)));
            }
            else if (Node(machine, mapping.PathOnHost, LastLink.Follow) is { } node)
            {
                grants.Add(new DeviceGrant(node with { Path = target }, access));
            }

            if (grants.Count == before)
            {
                string reason = kind == FileKind.Unknown ? "no such file or directory" : "not a device node";
                throw new RefusedException(ErrorKind.Failed, "error gathering device information while adding custom "
                    + $"device \"{mapping.PathOnHost}\": {reason}");
            }
        }

        return grants;
    }

    /// <summary>Every device of the machine, for a privileged container.</summary>
    public static IReadOnlyList<DeviceSpec> All()
    {
        using SafeRoot machine = SafeRoot.Open("/");
        return [.. NodesBelow(machine, "/dev", path => !NotMachine.Contains(path) && path != "/dev/console")];
    }

    /// <summary>The numbers of the disks that a container's blkio limits name; unknown ones are left out.</summary>
    public static IReadOnlyDictionary<string, DeviceNumber> DiskNumbers(Resources resources)
    {
        IEnumerable<string> paths =
        [
            .. (resources.BlkioWeightDevice ?? []).Select(weight => weight.Path),
            .. (resources.BlkioDeviceReadBps ?? []).Select(throttle => throttle.Path),
            .. (resources.BlkioDeviceWriteBps ?? []).Select(throttle => throttle.Path),
            .. (resources.BlkioDeviceReadIOps ?? []).Select(throttle => throttle.Path),
            .. (resources.BlkioDeviceWriteIOps ?? []).Select(throttle => throttle.Path),
        ];
        var numbers = new Dictionary<string, DeviceNumber>();
        using SafeRoot machine = SafeRoot.Open("/");
        foreach (string path in paths.Distinct())
        {
            if (Node(machine, path, LastLink.Follow) is { } node)
            {
                numbers[path] = new DeviceNumber(node.Major, node.Minor);
            }
        }

        return numbers;
    }

    /// <summary>Nodes only: a link in a directory leads to a node that is listed under its own name.</summary>
    private static IEnumerable<DeviceSpec> NodesBelow(SafeRoot machine, string directory, Func<string, bool> wanted)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal))
        {
            if (!wanted(path) || Describe(machine, path, LastLink.Keep) is not { } facts)
            {
                continue;
            }

            if (facts.Kind == FileKind.Directory)
            {
                foreach (DeviceSpec node in NodesBelow(machine, path, wanted))
                {
                    yield return node;
                }
            }
            else if (Node(machine, path, LastLink.Keep) is { } node)
            {
                yield return node;
            }
        }
    }

    private static DeviceSpec? Node(SafeRoot machine, string path, LastLink link)
        => Describe(machine, path, link) is { Kind: FileKind.CharacterDevice or FileKind.BlockDevice } facts
            ? new DeviceSpec(
                path,
                facts.Kind == FileKind.BlockDevice ? "b" : "c",
                facts.Represents.Major,
                facts.Represents.Minor,
                facts.Mode & 0x1FF,
                facts.Uid,
                facts.Gid)
            : null;

    private static FileKind KindOf(SafeRoot machine, string path)
        => Describe(machine, path, LastLink.Follow)?.Kind ?? FileKind.Unknown;

    private static FileFacts? Describe(SafeRoot machine, string path, LastLink link)
    {
        using FileObject? file = machine.Find(path, link);
        return file?.Stat();
    }
}
