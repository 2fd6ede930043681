using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Swarm.Objects;
using BindOptions = Skep.Docker.Engine.BindOptions;
using EngineMount = Skep.Docker.Engine.Mount;
using Mount = Skep.Swarm.Objects.Mount;
using TmpfsOptions = Skep.Docker.Engine.TmpfsOptions;
using VolumeOptions = Skep.Docker.Engine.VolumeOptions;

namespace Skep.Agent.Tasks;

/// <summary>A task's mounts as the engine is asked for them, with Docker's checks and words. Pure.</summary>
internal static class TaskMounts
{
    /// <exception cref="RefusedException">One cannot be.</exception>
    public static void Check(ValueList<Mount> mounts)
    {
        foreach (Mount mount in mounts)
        {
            string? problem = ProblemOf(mount);
            if (problem is not null)
            {
                throw new RefusedException(ErrorKind.Invalid, problem);
            }
        }
    }

    /// <summary>A source on this machine that is not there: found out when the task starts.</summary>
    public static void CheckSources(ValueList<Mount> mounts)
    {
        foreach (Mount mount in mounts)
        {
            if (mount.Type == MountType.Bind && !Path.Exists(mount.Source)
                && mount.BindOptions is not { CreateMountpoint: true })
            {
                throw new RefusedException(
                    ErrorKind.Invalid, $"invalid bind mount source, source path not found: {mount.Source}");
            }
        }
    }

    public static EngineMount ToRequest(Mount mount) => new()
    {
        Type = mount.Type switch
        {
            MountType.Bind => "bind",
            MountType.Volume => "volume",
            MountType.Tmpfs => "tmpfs",
            MountType.NamedPipe => "npipe",
            _ => "cluster",
        },
        Source = mount.Source.Length > 0 ? mount.Source : null,
        Target = mount.Target,
        ReadOnly = mount.ReadOnly,
        BindOptions = mount.BindOptions is { } bind ? ToRequest(bind) : null,
        VolumeOptions = mount.VolumeOptions is { } volume ? ToRequest(volume) : null,
        TmpfsOptions = mount.TmpfsOptions is { } tmpfs ? ToRequest(tmpfs) : null,
    };

    private static string? ProblemOf(Mount mount) => mount switch
    {
        { Type: MountType.Cluster } =>
            $"cluster volumes are not supported on this node: mount {mount.Source} at {mount.Target}",
        { Type: MountType.NamedPipe, Source: "" } => "invalid npipe source, source must not be empty",
        { Type: not MountType.NamedPipe, Target: var target } when !target.StartsWith('/') =>
            $"invalid mount target, must be an absolute path: {target}",
        { Type: MountType.Bind, Source: var source } when !source.StartsWith('/') =>
            $"invalid bind mount source, must be an absolute path: {source}",
        { Type: MountType.Volume, Source: var source } when source.StartsWith('/') =>
            $"invalid volume mount source, must not be an absolute path: {source}",
        { Type: MountType.Tmpfs, Source.Length: > 0 } => "invalid tmpfs source, source must be empty",
        _ => null,
    };

    private static BindOptions ToRequest(Swarm.Objects.BindOptions bind) => new()
    {
        Propagation = bind.Propagation switch
        {
            MountPropagation.Private => "private",
            MountPropagation.RShared => "rshared",
            MountPropagation.Shared => "shared",
            MountPropagation.RSlave => "rslave",
            MountPropagation.Slave => "slave",
            _ => "rprivate",
        },
        NonRecursive = bind.NonRecursive,
        CreateMountpoint = bind.CreateMountpoint,
        ReadOnlyNonRecursive = bind.ReadOnlyNonRecursive,
        ReadOnlyForceRecursive = bind.ReadOnlyForceRecursive,
    };

    private static VolumeOptions ToRequest(Swarm.Objects.VolumeOptions volume) => new()
    {
        NoCopy = volume.NoCopy,
        Subpath = volume.Subpath.Length > 0 ? volume.Subpath : null,
        Labels = volume.Labels.ToDictionary(),
        DriverConfig = volume.DriverConfig is { } driver
            ? new MountDriver { Name = driver.Name, Options = driver.Options.ToDictionary() }
            : null,
    };

    private static TmpfsOptions ToRequest(Swarm.Objects.TmpfsOptions tmpfs) => new()
    {
        SizeBytes = tmpfs.SizeBytes,
        Mode = tmpfs.Mode,
        Options = ParseTmpfsOptions(tmpfs.Options),
    };

    // Docker keeps them in the swarm as the JSON that came over its API: [["noexec"],["size","10m"]].
    private static List<IReadOnlyList<string>>? ParseTmpfsOptions(string json)
    {
        if (json.Length == 0)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(option =>
                (IReadOnlyList<string>)[.. option.EnumerateArray().Select(word => word.GetString() ?? "")])];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid tmpfs options: {json}", e);
        }
    }
}
