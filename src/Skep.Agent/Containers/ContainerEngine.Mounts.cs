using Skep.Agent.Mounts;
using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Linux.Files;
using Mount = Skep.Agent.Containerd.Wire.Mount;

namespace Skep.Agent.Containers;

// A container's volumes and binds, and a look into its file system.
public sealed partial class ContainerEngine
{
    private readonly ContainerMounts mounts;

    private static IReadOnlyList<MountPoint> MountPointsOf(ContainerRecord record) =>
        [.. record.Mounts.Where(mount => !mount.IsHidden).Select(mount => mount.ToMountPoint())];

    /// <summary>Makes the volumes that are missing and fills the empty ones from the image.</summary>
    private async Task<IReadOnlyList<ContainerMount>> MakeMountsAsync(
        ContainerRecord record, IReadOnlyList<Mount> rootMounts, CancellationToken stop)
    {
        IReadOnlyList<ContainerMount> made = await mounts.CreateAsync(
            record.Id, record.Config, record.HostConfig, other => Find(other).Record.Mounts, stop);
        bool isDone = false;
        try
        {
            if (mounts.NeedsRoot(made))
            {
                using TemporaryMount temporary = MountRoot(record.Id, rootMounts);
                using SafeRoot root = SafeRoot.Open(temporary.Path);
                await mounts.FillAsync(record.Id, made, root, stop);
            }

            isDone = true;
            return made;
        }
        finally
        {
            if (!isDone)
            {
                await mounts.RemoveAsync(record.Id, made, removeVolumes: true, CancellationToken.None);
            }
        }
    }

    private Task<IReadOnlyList<ResolvedMount>> ResolveMountsAsync(ContainerRecord record, CancellationToken stop) =>
        mounts.ActivateAsync(record.Id, record.Id, record.Mounts, stop);

    private Task ReleaseMountsAsync(ContainerRecord record, CancellationToken stop) =>
        mounts.DeactivateAsync(record.Id, record.Id, record.Mounts, stop);

    private Task ReleaseVolumesAsync(ContainerRecord record, bool removeVolumes, CancellationToken stop) =>
        mounts.RemoveAsync(record.Id, record.Mounts, removeVolumes, stop);

    /// <summary>Mounts a container's file system for a moment, where nobody else looks.</summary>
    private TemporaryMount MountRoot(string id, IReadOnlyList<Mount> rootMounts) => TemporaryMount.Attach(
        parts.Instance,
        id,
        rootMounts.Select(mount => (mount.Type, mount.Source, (IReadOnlyList<string>)mount.Options)));
}
