using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Mounts;

/// <summary>What a mount request must and must not have, by its type.</summary>
internal static class MountChecks
{
    /// <exception cref="RefusedException">The reason alone; the caller says which mount.</exception>
    public static void Check(Mount mount)
    {
        Demand(mount.Target.Length > 0, "field Target must not be empty");
        NotRoot(mount.Target);
        Absolute(mount.Target);
        switch (mount.Type)
        {
            case ContainerMount.Bind:
                CheckBind(mount);
                break;
            case ContainerMount.Volume:
                CheckVolume(mount);
                break;
            case ContainerMount.Tmpfs:
                Demand(mount.BindOptions is null, "field BindOptions must not be specified");
                Demand(string.IsNullOrEmpty(mount.Source), "field Source must not be specified");
                break;
            default:
                throw new RefusedException(ErrorKind.Invalid, "mount type unknown");
        }
    }

    public static void NotRoot(string target) =>
        Demand(
            PathText.Clean(target.Replace('\\', '/')) != "/", "invalid specification: destination can't be '/'");

    public static void Absolute(string path) =>
        Demand(
            path.Replace('\\', '/').StartsWith('/'), $"invalid mount path: '{path}' mount path must be absolute");

    private static void CheckBind(Mount mount)
    {
        Demand(!string.IsNullOrEmpty(mount.Source), "field Source must not be empty");
        if (mount.BindOptions is { } options)
        {
            Demand(
                string.IsNullOrEmpty(options.Propagation) || MountModes.IsPropagation(options.Propagation),
                $"invalid propagation mode: {options.Propagation}");
            Demand(
                mount.ReadOnly || !options.ReadOnlyNonRecursive,
                "mount options conflict: !ReadOnly && BindOptions.ReadOnlyNonRecursive");
            Demand(
                mount.ReadOnly || !options.ReadOnlyForceRecursive,
                "mount options conflict: !ReadOnly && BindOptions.ReadOnlyForceRecursive");
            Demand(
                !options.ReadOnlyNonRecursive || !options.ReadOnlyForceRecursive,
                "mount options conflict: ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive");
        }

        Demand(mount.VolumeOptions is null, "field VolumeOptions must not be specified");
        Absolute(mount.Source!);
    }

    private static void CheckVolume(Mount mount)
    {
        Demand(mount.BindOptions is null, "field BindOptions must not be specified");
        bool isAnonymous = string.IsNullOrEmpty(mount.Source);
        if (mount.VolumeOptions?.Subpath is { Length: > 0 } subpath)
        {
            Demand(!isAnonymous, "must not set Subpath when using anonymous volumes");
            Demand(PathText.IsLocal(subpath), "subpath must be a relative path within the volume");
        }

        Demand(!mount.ReadOnly || !isAnonymous, "must not set ReadOnly mode when using anonymous volumes");
    }

    private static void Demand(bool claim, string otherwise)
    {
        if (!claim)
        {
            throw new RefusedException(ErrorKind.Invalid, otherwise);
        }
    }
}
