using System.Text.Json;
using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>Mounts of services, both ways.</summary>
internal static class MountViews
{
    public static Api.Mount Of(Mount mount) => new()
    {
        Type = ServiceWords.Of(mount.Type),
        Source = Views.OrNull(mount.Source),
        Target = mount.Target,
        ReadOnly = mount.ReadOnly,
        Consistency = ServiceWords.OrNull(mount.Consistency),
        BindOptions = mount.BindOptions is { } bind
            ? new()
            {
                Propagation = Views.Word(bind.Propagation),
                NonRecursive = bind.NonRecursive,
                CreateMountpoint = bind.CreateMountpoint,
                ReadOnlyNonRecursive = bind.ReadOnlyNonRecursive,
                ReadOnlyForceRecursive = bind.ReadOnlyForceRecursive,
            }
            : null,
        VolumeOptions = mount.VolumeOptions is { } volume
            ? new()
            {
                NoCopy = volume.NoCopy,
                Labels = Views.OrNull(volume.Labels),
                Subpath = Views.OrNull(volume.Subpath),
                DriverConfig = volume.DriverConfig is { } driver
                    ? new() { Name = Views.OrNull(driver.Name), Options = Views.OrNull(driver.Options) }
                    : null,
            }
            : null,
        TmpfsOptions = mount.TmpfsOptions is { } tmpfs
            ? new() { SizeBytes = tmpfs.SizeBytes, Mode = tmpfs.Mode, Options = OptionsOf(tmpfs.Options) }
            : null,
    };

    public static Mount ToMount(Api.Mount asked) => new()
    {
        Type = ServiceWords.Type(asked.Type),
        Source = asked.Source ?? "",
        Target = asked.Target,
        ReadOnly = asked.ReadOnly,
        Consistency = ServiceWords.Consistency(asked.Consistency),
        BindOptions = asked.BindOptions is { } bind ? ToBind(bind) : null,
        VolumeOptions = asked.VolumeOptions is { } volume
            ? new()
            {
                NoCopy = volume.NoCopy,
                Labels = Views.ToMap(volume.Labels),
                Subpath = volume.Subpath ?? "",
                DriverConfig = volume.DriverConfig is { } driver
                    ? new() { Name = driver.Name ?? "", Options = Views.ToMap(driver.Options) }
                    : null,
            }
            : null,
        TmpfsOptions = asked.TmpfsOptions is { } tmpfs
            ? new() { SizeBytes = tmpfs.SizeBytes, Mode = tmpfs.Mode, Options = ToText(tmpfs.Options) }
            : null,
    };

    // Options that say nothing are none, as SwarmKit has it.
    private static BindOptions? ToBind(Api.BindOptions asked)
    {
        var bind = new BindOptions
        {
            Propagation = ServiceWords.Named<MountPropagation>(asked.Propagation, "MountPropagation"),
            NonRecursive = asked.NonRecursive,
            CreateMountpoint = asked.CreateMountpoint,
            ReadOnlyNonRecursive = asked.ReadOnlyNonRecursive,
            ReadOnlyForceRecursive = asked.ReadOnlyForceRecursive,
        };
        return string.IsNullOrEmpty(asked.Propagation) && bind == new BindOptions() ? null : bind;
    }

    // SwarmKit has one text where the API has lists, and Docker keeps the JSON of the lists in it.
    private static string ToText(IReadOnlyList<IReadOnlyList<string>>? options) => options is null
        ? ""
        : JsonSerializer.Serialize(options, Api.EngineJson.Default.IReadOnlyListIReadOnlyListString);

    private static IReadOnlyList<IReadOnlyList<string>>? OptionsOf(string text)
    {
        try
        {
            return text.Length == 0
                ? null
                : JsonSerializer.Deserialize(text, Api.EngineJson.Default.IReadOnlyListIReadOnlyListString);
        }
        catch (JsonException)
        {
            return null; // Written by somebody who does not keep to Docker's form, so there is nothing to show.
        }
    }
}
