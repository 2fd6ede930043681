using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Where and how a volume may be used, between record and wire.</summary>
public static class VolumeAccessWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static VolumeAccessMode? ToWire(Objects.VolumeAccessMode? record)
    {
        if (record is null)
        {
            return null;
        }
        var wire = new VolumeAccessMode
        {
            Scope = (VolumeAccessMode.Types.Scope)record.Scope,
            Sharing = (VolumeAccessMode.Types.Sharing)record.Sharing,
        };
        switch (record.AccessType)
        {
            case Objects.BlockVolume:
                wire.Block = new();
                break;
            case Objects.MountVolume mount:
                wire.Mount = new() { FsType = mount.FsType, MountFlags = { mount.MountFlags } };
                break;
        }
        return wire;
    }

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeAccessMode? ToRecord(VolumeAccessMode? wire) => wire is null ? null : new()
    {
        Scope = (Objects.VolumeScope)wire.Scope,
        Sharing = (Objects.VolumeSharing)wire.Sharing,
        AccessType = wire.AccessTypeCase switch
        {
            VolumeAccessMode.AccessTypeOneofCase.Block => new Objects.BlockVolume(),
            VolumeAccessMode.AccessTypeOneofCase.Mount => new Objects.MountVolume
            {
                FsType = wire.Mount.FsType,
                MountFlags = PlainWire.ToRecord(wire.Mount.MountFlags),
            },
            _ => null,
        },
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static VolumeSecret? ToWire(Objects.VolumeSecret? record) => record is null ? null : new()
    {
        Key = record.Key,
        Secret = record.Secret,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeSecret? ToRecord(VolumeSecret? wire) => wire is null ? null : new()
    {
        Key = wire.Key,
        Secret = wire.Secret,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static CapacityRange? ToWire(Objects.CapacityRange? record) => record is null ? null : new()
    {
        RequiredBytes = record.RequiredBytes,
        LimitBytes = record.LimitBytes,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.CapacityRange? ToRecord(CapacityRange? wire) => wire is null ? null : new()
    {
        RequiredBytes = wire.RequiredBytes,
        LimitBytes = wire.LimitBytes,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static TopologyRequirement? ToWire(Objects.TopologyRequirement? record) => record is null ? null : new()
    {
        Requisite = { PlainWire.ToWire(record.Requisite, ToWire) },
        Preferred = { PlainWire.ToWire(record.Preferred, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.TopologyRequirement? ToRecord(TopologyRequirement? wire) => wire is null ? null : new()
    {
        Requisite = PlainWire.ToRecord(wire.Requisite, ToRecord),
        Preferred = PlainWire.ToRecord(wire.Preferred, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Topology? ToWire(Objects.Topology? record) => record is null ? null : new()
    {
        Segments = { PlainWire.ToWire(record.Segments) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Topology? ToRecord(Topology? wire) => wire is null ? null : new()
    {
        Segments = PlainWire.ToRecord(wire.Segments),
    };
}
