using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>How containers refer to secrets and configs, between record and wire.</summary>
public static class ReferenceWire
{
    public static SecretReference ToWire(Objects.SecretReference record)
    {
        var wire = new SecretReference { SecretId = record.SecretId.Value, SecretName = record.SecretName };
        if (record.Target is { } file)
        {
            wire.File = ToWire(file);
        }
        return wire;
    }

    public static Objects.SecretReference ToRecord(SecretReference wire) => new()
    {
        SecretId = new(wire.SecretId),
        SecretName = wire.SecretName,
        Target = ToRecord(wire.File),
    };

    public static ConfigReference ToWire(Objects.ConfigReference record)
    {
        var wire = new ConfigReference { ConfigId = record.ConfigId.Value, ConfigName = record.ConfigName };
        switch (record.Target)
        {
            case Objects.FileTarget file:
                wire.File = ToWire(file);
                break;
            case Objects.RuntimeTarget:
                wire.Runtime = new();
                break;
        }
        return wire;
    }

    public static Objects.ConfigReference ToRecord(ConfigReference wire) => new()
    {
        ConfigId = new(wire.ConfigId),
        ConfigName = wire.ConfigName,
        Target = wire.TargetCase switch
        {
            ConfigReference.TargetOneofCase.File => ToRecord(wire.File),
            ConfigReference.TargetOneofCase.Runtime => new Objects.RuntimeTarget(),
            _ => null,
        },
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static FileTarget? ToWire(Objects.FileTarget? record) => record is null ? null : new()
    {
        Name = record.Name,
        Uid = record.Uid,
        Gid = record.Gid,
        Mode = record.Mode,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.FileTarget? ToRecord(FileTarget? wire) => wire is null ? null : new()
    {
        Name = wire.Name,
        Uid = wire.Uid,
        Gid = wire.Gid,
        Mode = wire.Mode,
    };
}
