using Skep.Agent.Mounts;
using Skep.Agent.Volumes;
using Skep.Docker.Engine;
using Skep.Docker.Mounts;

namespace Skep.Agent.Containers;

// A container's volumes and binds.
public sealed partial class ContainerEngine
{
    private static IReadOnlyList<MountPoint> MountPointsOf(ContainerRecord record) =>
        [.. record.Mounts.Where(mount => !mount.IsHidden).Select(mount => mount.ToMountPoint())];

    private Task<IReadOnlyList<ContainerMount>> MakeMountsAsync(ContainerRecord record, CancellationToken stop) =>
        Task.FromResult(record.Mounts);

    private Task<IReadOnlyList<ResolvedMount>> ResolveMountsAsync(ContainerRecord record, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<ResolvedMount>>([]);

    private Task ReleaseMountsAsync(ContainerRecord record, CancellationToken stop) => Task.CompletedTask;

    private Task ReleaseVolumesAsync(ContainerRecord record, bool removeVolumes, CancellationToken stop) =>
        Task.CompletedTask;
}
