using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Docker.Mounts;

/// <summary>Reads what users write about mounts, and refuses it in Docker's words. Looks at no file.</summary>
public static class MountParser
{
    private const string DefaultPropagation = "rprivate";

    /// <summary>"source:target[:mode]" of <c>-v</c>: an absolute source is a bind, another a volume.</summary>
    public static ContainerMount ParseBind(string text, string volumeDriver)
    {
        string[] parts = text.Split(':');
        string mode = parts.Length == 3 ? parts[2] : "";

        // "target:ro" would be a volume without a name: those come in Config.Volumes, without a mode.
        if (parts[0].Length == 0 || parts.Length > 3 || (parts.Length == 2 && MountModes.IsValid(parts[1])))
        {
            throw Invalid($"invalid volume specification: '{text}'");
        }

        if (!MountModes.IsValid(mode))
        {
            throw Invalid($"invalid mode: {mode}");
        }

        string source = parts.Length == 1 ? "" : parts[0];
        bool isBind = source.StartsWith('/');
        string propagation = MountModes.PropagationOf(mode);
        var mount = new Mount
        {
            Type = isBind ? ContainerMount.Bind : ContainerMount.Volume,
            Source = source,
            Target = parts.Length == 1 ? parts[0] : parts[1],
            ReadOnly = !MountModes.IsWritable(mode),
            BindOptions = propagation.Length > 0 ? new BindOptions { Propagation = propagation } : null,
            VolumeOptions = MountModes.SaysNoCopy(mode) || (!isBind && volumeDriver.Length > 0)
                ? new VolumeOptions
                {
                    NoCopy = MountModes.SaysNoCopy(mode),
                    DriverConfig = isBind ? null : new MountDriver { Name = volumeDriver },
                }
                : null,
        };
        try
        {
            return Read(mount) with
            {
                Mode = mode.Length > 0 || isBind ? mode : "z",
                MakesSource = isBind,
            };
        }
        catch (RefusedException e)
        {
            throw Invalid($"invalid volume specification: '{text}': {e.Message}");
        }
    }

    /// <summary>An entry of HostConfig.Mounts. Whether the source of a bind exists is the caller's to see.</summary>
    public static ContainerMount ParseMount(Mount mount) =>
        Read(mount) with { Mode = mount.Type == ContainerMount.Volume ? "z" : "" };

    /// <summary>"container[:mode]" of <c>--volumes-from</c>.</summary>
    public static (string Container, bool Writable) ParseVolumesFrom(string text)
    {
        if (text.Length == 0)
        {
            throw Invalid("volumes-from specification cannot be an empty string");
        }

        int colon = text.IndexOf(':');
        string mode = colon < 0 ? "" : text[(colon + 1)..];
        bool isValid = MountModes.IsValid(mode)
            && MountModes.PropagationOf(mode).Length == 0 && !MountModes.SaysNoCopy(mode);
        return isValid
            ? (colon < 0 ? text : text[..colon], MountModes.IsWritable(mode))
            : throw Invalid($"invalid mode: {mode}");
    }

    /// <summary>An entry of HostConfig.Tmpfs.</summary>
    public static ContainerMount ParseTmpfs(string target, string options)
    {
        CheckTarget(target);
        TmpfsText.Merge(options);
        return new ContainerMount
        {
            Type = ContainerMount.Tmpfs,
            Destination = PathText.Clean(target),
            TmpfsOptions = options,
            IsHidden = true,
        };
    }

    /// <summary>A volume that the image or the request declares by its target alone.</summary>
    public static ContainerMount ParseDeclared(string target, string volumeDriver)
    {
        // Images write "data" and "../data" too; a volume is always inside.
        string destination = PathText.Clean("/" + target);
        CheckTarget(destination);
        return new ContainerMount
        {
            Type = ContainerMount.Volume,
            Destination = destination,
            Driver = volumeDriver,
            CopiesImage = true,
            IsAnonymous = true,
            IsDeclared = true,
        };
    }

    public static RefusedException MissingSource(string path) =>
        Invalid($"invalid mount config for type \"bind\": bind source path does not exist: {path}");

    private static ContainerMount Read(Mount mount)
    {
        try
        {
            MountChecks.Check(mount);
            return mount.Type switch
            {
                ContainerMount.Bind => Bind(mount),
                ContainerMount.Volume => Volume(mount),
                _ => Begin(mount) with { TmpfsOptions = TmpfsText.From(mount.TmpfsOptions, mount.ReadOnly) },
            };
        }
        catch (RefusedException e)
        {
            throw Invalid($"invalid mount config for type {GoText.Quote(mount.Type)}: {e.Message}");
        }
    }

    private static ContainerMount Begin(Mount mount) => new()
    {
        Type = mount.Type,
        Destination = PathText.Clean(mount.Target),
        Writable = !mount.ReadOnly,
    };

    private static ContainerMount Bind(Mount mount) => Begin(mount) with
    {
        Source = PathText.Clean(mount.Source!),
        Propagation = mount.BindOptions?.Propagation is { Length: > 0 } asked ? asked : DefaultPropagation,
        PropagationIsOurs = string.IsNullOrEmpty(mount.BindOptions?.Propagation),
        MakesSource = mount.BindOptions?.CreateMountpoint ?? false,
        NonRecursive = mount.BindOptions?.NonRecursive ?? false,
        ReadOnlyNonRecursive = mount.BindOptions?.ReadOnlyNonRecursive ?? false,
        ReadOnlyForceRecursive = mount.BindOptions?.ReadOnlyForceRecursive ?? false,
    };

    private static ContainerMount Volume(Mount mount) => Begin(mount) with
    {
        Name = mount.Source ?? "",
        IsAnonymous = string.IsNullOrEmpty(mount.Source),
        Driver = mount.VolumeOptions?.DriverConfig?.Name ?? "",
        CopiesImage = !(mount.VolumeOptions?.NoCopy ?? false),
        Subpath = mount.VolumeOptions?.Subpath ?? "",
        VolumeLabels = mount.VolumeOptions?.Labels,
        VolumeDriverOptions = mount.VolumeOptions?.DriverConfig?.Options,
    };

    private static void CheckTarget(string target)
    {
        MountChecks.NotRoot(target);
        MountChecks.Absolute(target);
    }

    private static RefusedException Invalid(string message) => new(ErrorKind.Invalid, message);
}
