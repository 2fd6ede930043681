using Skep.Agent.Volumes;
using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;

namespace Skep.Agent.Mounts;

/// <summary>A container's mounts through its life: created with it, active while it runs, released with it.</summary>
/// <remarks>Keeps nothing: the container's owner stores the list, volumes know who refers to them.</remarks>
public sealed class ContainerMounts(Instance instance, VolumeEngine volumes)
{
    // Since 5.12 the kernel can make a whole tree of mounts read-only at once.
    private static readonly bool KernelHasRecursiveReadOnly =
        Environment.OSVersion.Version >= new Version(5, 12);

    /// <summary>Decides a new container's mounts and makes the volumes that are missing.</summary>
    /// <param name="config">With the image's volumes merged in.</param>
    /// <param name="mountsOf">Mounts of another container, by id or name; refuses an unknown one.</param>
    public async Task<IReadOnlyList<ContainerMount>> CreateAsync(
        string containerId,
        ContainerConfig config,
        HostConfig host,
        Func<string, IReadOnlyList<ContainerMount>> mountsOf,
        CancellationToken stop)
    {
        IReadOnlyList<ContainerMount> planned =
            [.. MountPlan.Decide(config, host, mountsOf).Select(CheckBind)];
        var created = new List<ContainerMount>();
        bool isDone = false;
        try
        {
            foreach (ContainerMount mount in planned)
            {
                stop.ThrowIfCancellationRequested();
                created.Add(mount.Type == ContainerMount.Volume ? Refer(containerId, mount) : mount);
            }

            isDone = true;
            return created;
        }
        finally
        {
            if (!isDone)
            {
                await RemoveAsync(containerId, created, removeVolumes: true, CancellationToken.None);
            }
        }
    }

    /// <summary>Whether <see cref="FillAsync"/> has anything to do: else the root need not be mounted.</summary>
    public bool NeedsRoot(IEnumerable<ContainerMount> mounts) =>
        mounts.Any(mount => mount.IsDeclared || (mount.CopiesImage && volumes.MayBeEmpty(mount.Name)));

    /// <summary>Fills the container's empty volumes with what its image has at their destinations.</summary>
    /// <param name="root">The container's root file system, without any of these mounts.</param>
    public async Task FillAsync(
        string containerId, IEnumerable<ContainerMount> mounts, SafeRoot root, CancellationToken stop)
    {
        foreach (ContainerMount mount in mounts.Where(mount => mount.CopiesImage))
        {
            FileKind? kind = root.FindFacts(mount.Destination, LastLink.Follow)?.Kind;
            if (kind == FileKind.Directory)
            {
                using SafeRoot source = root.OpenDirectory(mount.Destination);
                await volumes.FillAsync(mount.Name, mount.Subpath, source, containerId, stop);
            }
            else if (kind is not null && mount.IsDeclared)
            {
                throw new RefusedException(
                    ErrorKind.Failed, $"cannot mount volume over existing file, file exists {mount.Destination}");
            }
        }
    }

    /// <summary>Mounts the volumes and makes missing sources, for the runtime or for a copy.</summary>
    /// <param name="holder">The container's id, or another name under which the same list is given back.</param>
    public async Task<IReadOnlyList<ResolvedMount>> ActivateAsync(
        string containerId, string holder, IEnumerable<ContainerMount> mounts, CancellationToken stop)
    {
        IReadOnlyList<ContainerMount> ordered = MountPlan.InMountOrder(mounts);
        var resolved = new List<ResolvedMount>();
        bool isDone = false;
        try
        {
            foreach (ContainerMount mount in ordered)
            {
                resolved.Add(mount.Type switch
                {
                    ContainerMount.Tmpfs => Tmpfs(mount),
                    ContainerMount.Bind => Bind(mount),
                    _ => await VolumeAsync(containerId, holder, mount, resolved.Count, stop),
                });
            }

            isDone = true;
            return resolved;
        }
        finally
        {
            if (!isDone)
            {
                await DeactivateAsync(containerId, holder, ordered, CancellationToken.None);
            }
        }
    }

    /// <summary>Gives back what <see cref="ActivateAsync"/> took. Idempotent.</summary>
    public async Task DeactivateAsync(
        string containerId, string holder, IEnumerable<ContainerMount> mounts, CancellationToken stop)
    {
        string subpaths = SubpathsOf(holder);
        if (Directory.Exists(subpaths))
        {
            KernelMounts.DetachBelow(subpaths);
            Directory.Delete(subpaths, recursive: true);
        }

        foreach (string name in mounts.Where(mount => mount.Type == ContainerMount.Volume)
            .Select(mount => mount.Name).Distinct())
        {
            if (await volumes.UnmountAsync(name, holder, stop))
            {
                volumes.PublishUnmount(name, containerId);
            }
        }
    }

    /// <summary>Ends the references of a container that is removed.</summary>
    /// <param name="removeVolumes">Its volumes without a name go too, unless another container has them.</param>
    public async Task RemoveAsync(
        string containerId, IEnumerable<ContainerMount> mounts, bool removeVolumes, CancellationToken stop)
    {
        foreach (ContainerMount mount in mounts.Where(mount => mount.Type == ContainerMount.Volume))
        {
            volumes.Release(mount.Name, containerId);
            if (removeVolumes && mount.IsAnonymous)
            {
                await volumes.RemoveUnlessUsedAsync(mount.Name, stop);
            }
        }
    }

    /// <summary>What <see cref="VolumeEngine.Adopt"/> has to know of a container at start.</summary>
    public static IEnumerable<VolumeUse> UsesOf(
        string containerId, IEnumerable<ContainerMount> mounts, bool isRunning) =>
        mounts.Where(mount => mount.Type == ContainerMount.Volume)
            .Select(mount => new VolumeUse(containerId, mount.Name, isRunning));

    private ContainerMount Refer(string containerId, ContainerMount mount)
    {
        Volume volume = volumes.Create(
            new CreateVolumeRequest
            {
                Name = mount.Name,
                Driver = mount.Driver,
                DriverOpts = mount.VolumeDriverOptions,
                Labels = mount.VolumeLabels,
            },
            containerId);
        return mount with { Name = volume.Name, Driver = volume.Driver, Source = volume.Mountpoint };
    }

    private ContainerMount CheckBind(ContainerMount mount)
    {
        if (mount.Type != ContainerMount.Bind)
        {
            return mount;
        }

        if (!mount.MakesSource && !Path.Exists(mount.Source))
        {
            throw MountParser.MissingSource(mount.Source);
        }

        // A private copy of our own mounts would keep them busy when they have to go.
        bool isOurs = mount.Source.StartsWith(instance.DataRoot, StringComparison.Ordinal)
            || instance.DataRoot.StartsWith(mount.Source, StringComparison.Ordinal);
        if (!isOurs || mount.Propagation is "rslave" or "rshared")
        {
            return mount;
        }

        return mount.PropagationIsOurs
            ? mount with { Propagation = "rslave" }
            : throw new RefusedException(
                ErrorKind.Invalid,
                "invalid mount config: must use either propagation mode \"rslave\" or \"rshared\" when mount source is "
                + $"within the daemon root, daemon root: \"{instance.DataRoot}\", bind mount source: "
                + $"\"{mount.Source}\", propagation: \"{mount.Propagation}\"");
    }

    private static ResolvedMount Tmpfs(ContainerMount mount) => new()
    {
        Type = ContainerMount.Tmpfs,
        Source = ContainerMount.Tmpfs,
        Target = mount.Destination,
        Options = TmpfsText.Merge(mount.TmpfsOptions),
    };

    private static ResolvedMount Bind(ContainerMount mount)
    {
        if (!Path.Exists(mount.Source))
        {
            if (!mount.MakesSource)
            {
                throw MountParser.MissingSource(mount.Source);
            }

            try
            {
                Directory.CreateDirectory(mount.Source);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new RefusedException(
                    ErrorKind.Failed, $"error while creating mount source path '{mount.Source}': {e.Message}", e);
            }
        }

        string propagation = SourcePropagation.Allowed(mount.Source, mount.Propagation, mount.PropagationIsOurs);
        return Resolved(mount, mount.Source, propagation);
    }

    private async Task<ResolvedMount> VolumeAsync(
        string containerId, string holder, ContainerMount mount, int number, CancellationToken stop)
    {
        string source = await volumes.MountAsync(mount.Name, holder, stop);
        if (mount.Subpath.Length > 0)
        {
            source = PinSubpath(source, mount.Subpath, Path.Combine(SubpathsOf(holder), $"{number}"));
        }

        volumes.PublishMount(mount.Name, containerId, new Dictionary<string, string>
        {
            ["destination"] = mount.Destination,
            ["propagation"] = mount.Propagation,
            ["read/write"] = mount.Writable ? "true" : "false",
        });
        return Resolved(mount, source, mount.Propagation) with { VolumeName = mount.Name };
    }

    private static ResolvedMount Resolved(ContainerMount mount, string source, string propagation)
    {
        var options = new List<string> { mount.NonRecursive ? "bind" : "rbind" };
        if (!mount.Writable)
        {
            options.Add("ro");
            if (KernelHasRecursiveReadOnly && !mount.ReadOnlyNonRecursive)
            {
                options.Add("rro");
            }
            else if (mount.ReadOnlyForceRecursive)
            {
                throw new RefusedException(
                    ErrorKind.Invalid, "recursive read-only mounts require kernel 5.12 or later");
            }
        }

        options.Add(propagation.Length > 0 ? propagation : "rprivate");
        return new ResolvedMount
        {
            Type = ContainerMount.Bind,
            Source = source,
            Target = mount.Destination,
            Options = options,
            Propagation = propagation,
        };
    }

    // The path in the volume could be swapped for a link before the runtime opens it: it gets a mount of its own.
    private static string PinSubpath(string volume, string subpath, string place)
    {
        try
        {
            using SafeRoot root = SafeRoot.Open(volume);
            using FileObject source = root.Get(subpath, LastLink.Follow);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (source.Stat().Kind == FileKind.Directory)
            {
                Directory.CreateDirectory(place);
            }
            else
            {
                File.WriteAllBytes(place, []);
            }

            using SafeRoot here = SafeRoot.Open(Path.GetDirectoryName(place)!);
            using FileObject target = here.Get(Path.GetFileName(place), LastLink.Keep);
            using MountClone clone = MountClone.Of(source, recursive: true, readOnly: false);
            clone.Attach(target);
            return place;
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new RefusedException(ErrorKind.Invalid, $"cannot access path {volume}/{subpath}: {e.Message}", e);
        }
    }

    /// <summary>Where subpaths of volumes are pinned.</summary>
    internal static string SubpathsOf(Instance instance) => Path.Combine(instance.ExecRoot, "subpaths");

    private string SubpathsOf(string holder) => Path.Combine(SubpathsOf(instance), holder.Replace('/', '-'));
}
