using Skep.Agent.Mounts;
using Skep.Docker.Mounts;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;

namespace Skep.Agent.Archive;

/// <summary>A container's files as the container sees them, whether it runs or not.</summary>
/// <remarks>
/// Of a running container it is /proc/PID/root, which has all its mounts. Of a stopped one it is its snapshot with its
/// volumes and binds hung into it; a tmpfs is empty then and is left out, as in Docker. Every path is resolved by the
/// kernel below that root.
/// </remarks>
public sealed class ContainerTree : IDisposable
{
    private readonly IReadOnlyList<ContainerMount> mounts;
    private readonly bool rootIsReadOnly;

    private ContainerTree(SafeRoot root, IReadOnlyList<ContainerMount> mounts, bool rootIsReadOnly)
    {
        Root = root;
        this.mounts = mounts;
        this.rootIsReadOnly = rootIsReadOnly;
    }

    public SafeRoot Root { get; }

    /// <param name="pid">The container's first process, which the caller knows to be alive.</param>
    /// <param name="rootIsReadOnly">HostConfig.ReadonlyRootfs.</param>
    public static ContainerTree OfProcess(int pid, IReadOnlyList<ContainerMount> mounts, bool rootIsReadOnly) =>
        new(SafeRoot.Open($"/proc/{pid}/root"), mounts, rootIsReadOnly);

    /// <summary>A root that has all its mounts already; it belongs to the tree from now on.</summary>
    internal static ContainerTree OfRoot(
        SafeRoot root, IReadOnlyList<ContainerMount> mounts, bool rootIsReadOnly) => new(root, mounts, rootIsReadOnly);

    /// <summary>The caller ends the mount after this, and gives the resolved mounts back.</summary>
    /// <param name="resolved">The same mounts, activated.</param>
    public static ContainerTree OfSnapshot(
        TemporaryMount snapshot,
        IReadOnlyList<ResolvedMount> resolved,
        IReadOnlyList<ContainerMount> mounts,
        bool rootIsReadOnly)
    {
        var tree = new ContainerTree(SafeRoot.Open(snapshot.Path), mounts, rootIsReadOnly);
        bool isDone = false;
        try
        {
            foreach (ResolvedMount mount in resolved.Where(mount => mount.Type == ContainerMount.Bind))
            {
                tree.Hang(mount);
            }

            isDone = true;
            return tree;
        }
        finally
        {
            if (!isDone)
            {
                tree.Dispose();
            }
        }
    }

    /// <exception cref="RefusedException">The path is on a read-only mount, or on a read-only root.</exception>
    /// <param name="path">Absolute, without links.</param>
    internal void CheckWritable(string path)
    {
        ContainerMount? mount = mounts.Where(mount => PathText.IsWithin(path, mount.Destination))
            .MaxBy(mount => mount.Destination.Length);
        if (mount is { Writable: false })
        {
            throw new RefusedException(ErrorKind.Forbidden, "mounted volume is marked read-only");
        }

        if (mount is null && rootIsReadOnly)
        {
            throw new RefusedException(ErrorKind.Forbidden, "container rootfs is marked read-only");
        }
    }

    public void Dispose() => Root.Dispose();

    // The place in the snapshot was chosen by the container, so it is found and held by descriptor.
    private void Hang(ResolvedMount mount)
    {
        using SafeRoot host = SafeRoot.Open("/");
        using FileObject source = host.Get(mount.Source, LastLink.Follow);
        bool isDirectory = source.Stat().Kind == FileKind.Directory;
        string place = Root.FollowLinks(mount.Target);
        if (isDirectory)
        {
            Root.MakeDirectories(place, 0x1ED);
        }
        else if (Root.Find(place, LastLink.Follow) is { } there)
        {
            there.Dispose();
        }
        else
        {
            Root.MakeDirectories(place[..place.LastIndexOf('/')], 0x1ED);
            Root.CreateFile(place, 0x1A4).Dispose();
        }

        using FileObject target = Root.Get(place, LastLink.Follow);
        using MountClone clone = MountClone.Of(
            source, recursive: mount.Options.Contains("rbind"), readOnly: mount.Options.Contains("ro"));
        clone.Attach(target);
    }
}
