using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>The spec of a container, between record and wire.</summary>
public static class ContainerWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static ContainerSpec? ToWire(Objects.ContainerSpec? record) => record is null ? null : new()
    {
        Image = record.Image,
        Labels = { CommonWire.ToWire(record.Labels) },
        Command = { record.Command },
        Args = { record.Args },
        Env = { record.Env },
        Dir = record.Dir,
        User = record.User,
        Mounts = { CommonWire.ToWire(record.Mounts, MountWire.ToWire) },
        StopGracePeriod = CommonWire.ToWire(record.StopGracePeriod),
        PullOptions = ToWire(record.PullOptions),
        Groups = { record.Groups },
        Secrets = { CommonWire.ToWire(record.Secrets, ReferenceWire.ToWire) },
        Tty = record.Tty,
        Hostname = record.Hostname,
        DnsConfig = ToWire(record.DnsConfig),
        Healthcheck = ToWire(record.Healthcheck),
        Hosts = { record.Hosts },
        OpenStdin = record.OpenStdin,
        ReadOnly = record.ReadOnly,
        StopSignal = record.StopSignal,
        Configs = { CommonWire.ToWire(record.Configs, ReferenceWire.ToWire) },
        Privileges = PrivilegesWire.ToWire(record.Privileges),
        Init = record.Init,
        Isolation = (ContainerSpec.Types.Isolation)record.Isolation,
        PidsLimit = record.PidsLimit,
        Sysctls = { CommonWire.ToWire(record.Sysctls) },
        CapabilityAdd = { record.CapabilityAdd },
        CapabilityDrop = { record.CapabilityDrop },
        Ulimits = { CommonWire.ToWire(record.Ulimits, ToWire) },
        OomScoreAdj = record.OomScoreAdj,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ContainerSpec? ToRecord(ContainerSpec? wire) => wire is null ? null : new()
    {
        Image = wire.Image,
        Labels = CommonWire.ToRecord(wire.Labels),
        Command = CommonWire.ToRecord(wire.Command),
        Args = CommonWire.ToRecord(wire.Args),
        Env = CommonWire.ToRecord(wire.Env),
        Dir = wire.Dir,
        User = wire.User,
        Mounts = CommonWire.ToRecord(wire.Mounts, MountWire.ToRecord),
        StopGracePeriod = CommonWire.ToRecord(wire.StopGracePeriod),
        PullOptions = ToRecord(wire.PullOptions),
        Groups = CommonWire.ToRecord(wire.Groups),
        Secrets = CommonWire.ToRecord(wire.Secrets, ReferenceWire.ToRecord),
        Tty = wire.Tty,
        Hostname = wire.Hostname,
        DnsConfig = ToRecord(wire.DnsConfig),
        Healthcheck = ToRecord(wire.Healthcheck),
        Hosts = CommonWire.ToRecord(wire.Hosts),
        OpenStdin = wire.OpenStdin,
        ReadOnly = wire.ReadOnly,
        StopSignal = wire.StopSignal,
        Configs = CommonWire.ToRecord(wire.Configs, ReferenceWire.ToRecord),
        Privileges = PrivilegesWire.ToRecord(wire.Privileges),
        Init = wire.Init,
        Isolation = (Objects.ContainerIsolation)wire.Isolation,
        PidsLimit = wire.PidsLimit,
        Sysctls = CommonWire.ToRecord(wire.Sysctls),
        CapabilityAdd = CommonWire.ToRecord(wire.CapabilityAdd),
        CapabilityDrop = CommonWire.ToRecord(wire.CapabilityDrop),
        Ulimits = CommonWire.ToRecord(wire.Ulimits, ToRecord),
        OomScoreAdj = wire.OomScoreAdj,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ContainerSpec.Types.PullOptions? ToWire(Objects.PullOptions? record) => record is null ? null : new()
    {
        RegistryAuth = record.RegistryAuth,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.PullOptions? ToRecord(ContainerSpec.Types.PullOptions? wire) => wire is null ? null : new()
    {
        RegistryAuth = wire.RegistryAuth,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ContainerSpec.Types.DNSConfig? ToWire(Objects.DnsConfig? record) => record is null ? null : new()
    {
        Nameservers = { record.Nameservers },
        Search = { record.Search },
        Options = { record.Options },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.DnsConfig? ToRecord(ContainerSpec.Types.DNSConfig? wire) => wire is null ? null : new()
    {
        Nameservers = CommonWire.ToRecord(wire.Nameservers),
        Search = CommonWire.ToRecord(wire.Search),
        Options = CommonWire.ToRecord(wire.Options),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ContainerSpec.Types.Ulimit? ToWire(Objects.Ulimit? record) => record is null ? null : new()
    {
        Name = record.Name,
        Soft = record.Soft,
        Hard = record.Hard,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Ulimit? ToRecord(ContainerSpec.Types.Ulimit? wire) => wire is null ? null : new()
    {
        Name = wire.Name,
        Soft = wire.Soft,
        Hard = wire.Hard,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static HealthConfig? ToWire(Objects.HealthConfig? record) => record is null ? null : new()
    {
        Test = { record.Test },
        Interval = CommonWire.ToWire(record.Interval),
        Timeout = CommonWire.ToWire(record.Timeout),
        Retries = record.Retries,
        StartPeriod = CommonWire.ToWire(record.StartPeriod),
        StartInterval = CommonWire.ToWire(record.StartInterval),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.HealthConfig? ToRecord(HealthConfig? wire) => wire is null ? null : new()
    {
        Test = CommonWire.ToRecord(wire.Test),
        Interval = CommonWire.ToRecord(wire.Interval),
        Timeout = CommonWire.ToRecord(wire.Timeout),
        Retries = wire.Retries,
        StartPeriod = CommonWire.ToRecord(wire.StartPeriod),
        StartInterval = CommonWire.ToRecord(wire.StartInterval),
    };
}
