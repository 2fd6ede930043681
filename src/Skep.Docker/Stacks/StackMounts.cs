using Skep.Docker.Compose;
using Skep.Docker.Engine;

namespace Skep.Docker.Stacks;

/// <summary>The mounts of a service: its volumes, and its tmpfs.</summary>
internal static class StackMounts
{
    public static IEnumerable<Mount> Of(StackScope scope, ComposeProject project, ComposeService service) =>
    [
        .. service.Mounts.Select(mount => MountOf(scope, project, service, mount)),
        .. service.Tmpfs.Select(text => StackTmpfs.Of(service, text)),
    ];

    private static Mount MountOf(StackScope scope, ComposeProject project, ComposeService service, ComposeMount mount)
    {
        string kind = mount.Kind.Length == 0 ? "volume" : mount.Kind;
        if (mount.OptionGroups.FirstOrDefault(group => group != OptionsOf(kind)) is { } group)
        {
            throw Refused(service, mount, $"{group} options are incompatible with type {kind}");
        }

        bool needsSource = kind is "bind" or "npipe" or "image" or "cluster";
        if (needsSource && string.IsNullOrEmpty(mount.Source))
        {
            throw Refused(service, mount, $"invalid {kind} source, source cannot be empty");
        }

        var plain = new Mount
        {
            Type = kind,
            Source = mount.Source,
            Target = mount.Target ?? "",
            ReadOnly = mount.IsReadOnly,
            Consistency = string.IsNullOrEmpty(mount.Consistency) ? null : mount.Consistency,
        };
        return kind switch
        {
            "volume" => Volume(scope, project, service, mount, plain),
            "bind" or "npipe" => plain with { BindOptions = BindOf(mount) },
            "tmpfs" when string.IsNullOrEmpty(mount.Source) => plain with
            {
                TmpfsOptions = !mount.OptionGroups.Any() && mount.TmpfsBytes is null && mount.TmpfsMode is null
                    ? null
                    : new TmpfsOptions { SizeBytes = mount.TmpfsBytes ?? 0, Mode = mount.TmpfsMode ?? 0 },
            },
            "tmpfs" => throw Refused(service, mount, "invalid tmpfs source, source must be empty"),
            "image" or "cluster" => throw Refused(
                service, mount, $"mounts of type {kind} are not supported: use volume, bind or tmpfs"),
            _ => throw Refused(service, mount, "volume type must be volume, bind, tmpfs, npipe, or cluster"),
        };
    }

    private static string OptionsOf(string kind) => kind == "npipe" ? "bind" : kind;

    private static ComposeException Refused(ComposeService service, ComposeMount mount, string what) =>
        ComposeException.At(mount.Place, $"service {service.Name}: {what}");

    private static BindOptions? BindOf(ComposeMount mount) =>
        !mount.OptionGroups.Contains("bind") && mount.BindPropagation is null && mount.BindCreatesPath is not true
            ? null
            : new BindOptions
            {
                Propagation = mount.BindPropagation,
                CreateMountpoint = mount.BindCreatesPath ?? false,
            };

    private static Mount Volume(
        StackScope scope, ComposeProject project, ComposeService service, ComposeMount mount, Mount plain)
    {
        if (string.IsNullOrEmpty(mount.Source))
        {
            bool hasOptions = mount.VolumeIsNotCopied || !string.IsNullOrEmpty(mount.Subpath);
            return plain with
            {
                Source = null,
                VolumeOptions = !hasOptions ? null : new VolumeOptions
                {
                    NoCopy = mount.VolumeIsNotCopied,
                    Subpath = string.IsNullOrEmpty(mount.Subpath) ? null : mount.Subpath,
                },
            };
        }

        ComposeVolume volume = project.Volumes.FirstOrDefault(volume => volume.Key == mount.Source)
            ?? throw Refused(service, mount, $"undefined volume \"{mount.Source}\"");
        bool hasDriver = !volume.IsExternal
            && (!string.IsNullOrEmpty(volume.Driver) || !volume.DriverOptions.IsEmpty);
        return plain with
        {
            Source = volume.IsExternal ? volume.Name ?? volume.Key : scope.NameOf(volume.Key, volume.Name),
            VolumeOptions = new VolumeOptions
            {
                NoCopy = mount.VolumeIsNotCopied,
                Subpath = string.IsNullOrEmpty(mount.Subpath) ? null : mount.Subpath,
                Labels = volume.IsExternal ? null : scope.Labels(volume.Labels),
                DriverConfig = !hasDriver ? null : new MountDriver
                {
                    Name = string.IsNullOrEmpty(volume.Driver) ? null : volume.Driver,
                    Options = volume.DriverOptions.IsEmpty ? null : volume.DriverOptions,
                },
            },
        };
    }
}
