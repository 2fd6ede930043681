using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Mounts, between record and wire.</summary>
public static class MountWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Mount? ToWire(Objects.Mount? record) => record is null ? null : new()
    {
        Type = (Mount.Types.Type)record.Type,
        Source = record.Source,
        Target = record.Target,
        Readonly = record.ReadOnly,
        BindOptions = ToWire(record.BindOptions),
        VolumeOptions = ToWire(record.VolumeOptions),
        TmpfsOptions = ToWire(record.TmpfsOptions),
        Consistency = (Mount.Types.Consistency)record.Consistency,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Mount? ToRecord(Mount? wire) => wire is null ? null : new()
    {
        Type = (Objects.MountType)wire.Type,
        Source = wire.Source,
        Target = wire.Target,
        ReadOnly = wire.Readonly,
        BindOptions = ToRecord(wire.BindOptions),
        VolumeOptions = ToRecord(wire.VolumeOptions),
        TmpfsOptions = ToRecord(wire.TmpfsOptions),
        Consistency = (Objects.MountConsistency)wire.Consistency,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Mount.Types.BindOptions? ToWire(Objects.BindOptions? record) => record is null ? null : new()
    {
        Propagation = (Mount.Types.BindOptions.Types.Propagation)record.Propagation,
        Nonrecursive = record.NonRecursive,
        Createmountpoint = record.CreateMountpoint,
        Readonlynonrecursive = record.ReadOnlyNonRecursive,
        Readonlyforcerecursive = record.ReadOnlyForceRecursive,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.BindOptions? ToRecord(Mount.Types.BindOptions? wire) => wire is null ? null : new()
    {
        Propagation = (Objects.MountPropagation)wire.Propagation,
        NonRecursive = wire.Nonrecursive,
        CreateMountpoint = wire.Createmountpoint,
        ReadOnlyNonRecursive = wire.Readonlynonrecursive,
        ReadOnlyForceRecursive = wire.Readonlyforcerecursive,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Mount.Types.VolumeOptions? ToWire(Objects.VolumeOptions? record) => record is null ? null : new()
    {
        Nocopy = record.NoCopy,
        Labels = { PlainWire.ToWire(record.Labels) },
        DriverConfig = PlainWire.ToWire(record.DriverConfig),
        Subpath = record.Subpath,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeOptions? ToRecord(Mount.Types.VolumeOptions? wire) => wire is null ? null : new()
    {
        NoCopy = wire.Nocopy,
        Labels = PlainWire.ToRecord(wire.Labels),
        DriverConfig = PlainWire.ToRecord(wire.DriverConfig),
        Subpath = wire.Subpath,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Mount.Types.TmpfsOptions? ToWire(Objects.TmpfsOptions? record) => record is null ? null : new()
    {
        SizeBytes = record.SizeBytes,
        Mode = record.Mode,
        Options = record.Options,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.TmpfsOptions? ToRecord(Mount.Types.TmpfsOptions? wire) => wire is null ? null : new()
    {
        SizeBytes = wire.SizeBytes,
        Mode = wire.Mode,
        Options = wire.Options,
    };
}
