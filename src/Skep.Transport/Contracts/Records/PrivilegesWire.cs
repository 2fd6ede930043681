using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>What a container is allowed, between record and wire.</summary>
public static class PrivilegesWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Privileges? ToWire(Objects.Privileges? record) => record is null ? null : new()
    {
        CredentialSpec = ToWire(record.CredentialSpec),
        SelinuxContext = ToWire(record.SELinuxContext),
        Seccomp = ToWire(record.Seccomp),
        Apparmor = ToWire(record.AppArmor),
        NoNewPrivileges = record.NoNewPrivileges,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Privileges? ToRecord(Privileges? wire) => wire is null ? null : new()
    {
        CredentialSpec = ToRecord(wire.CredentialSpec),
        SELinuxContext = ToRecord(wire.SelinuxContext),
        Seccomp = ToRecord(wire.Seccomp),
        AppArmor = ToRecord(wire.Apparmor),
        NoNewPrivileges = wire.NoNewPrivileges,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Privileges.Types.CredentialSpec? ToWire(Objects.CredentialSpec? record) => record?.Source switch
    {
        null => null,
        Objects.CredentialSource.File => new() { File = record.Value },
        Objects.CredentialSource.Registry => new() { Registry = record.Value },
        Objects.CredentialSource.Config => new() { Config = record.Value },
        _ => new(),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.CredentialSpec? ToRecord(Privileges.Types.CredentialSpec? wire) => wire?.SourceCase switch
    {
        null => null,
        Privileges.Types.CredentialSpec.SourceOneofCase.File =>
            new() { Source = Objects.CredentialSource.File, Value = wire.File },
        Privileges.Types.CredentialSpec.SourceOneofCase.Registry =>
            new() { Source = Objects.CredentialSource.Registry, Value = wire.Registry },
        Privileges.Types.CredentialSpec.SourceOneofCase.Config =>
            new() { Source = Objects.CredentialSource.Config, Value = wire.Config },
        _ => new(),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Privileges.Types.SELinuxContext? ToWire(Objects.SELinuxContext? record) =>
        record is null ? null : new()
        {
            Disable = record.Disable,
            User = record.User,
            Role = record.Role,
            Type = record.Type,
            Level = record.Level,
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SELinuxContext? ToRecord(Privileges.Types.SELinuxContext? wire) => wire is null ? null : new()
    {
        Disable = wire.Disable,
        User = wire.User,
        Role = wire.Role,
        Type = wire.Type,
        Level = wire.Level,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Privileges.Types.SeccompOpts? ToWire(Objects.SeccompOptions? record) => record is null ? null : new()
    {
        Mode = (Privileges.Types.SeccompOpts.Types.SeccompMode)record.Mode,
        Profile = PlainWire.ToWire(record.Profile),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SeccompOptions? ToRecord(Privileges.Types.SeccompOpts? wire) => wire is null ? null : new()
    {
        Mode = (Objects.SeccompMode)wire.Mode,
        Profile = PlainWire.ToRecord(wire.Profile),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Privileges.Types.AppArmorOpts? ToWire(Objects.AppArmorOptions? record) =>
        record is null ? null : new()
        {
            Mode = (Privileges.Types.AppArmorOpts.Types.AppArmorMode)record.Mode,
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.AppArmorOptions? ToRecord(Privileges.Types.AppArmorOpts? wire) => wire is null ? null : new()
    {
        Mode = (Objects.AppArmorMode)wire.Mode,
    };
}
