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
        Labels = { PlainWire.ToWire(record.Labels) },
        Command = { record.Command },
        Args = { record.Args },
        Env = { record.Env },
        Dir = record.Dir,
        User = record.User,
        Mounts = { PlainWire.ToWire(record.Mounts, MountWire.ToWire) },
        StopGracePeriod = PlainWire.ToWire(record.StopGracePeriod),
        PullOptions = ToWire(record.PullOptions),
        Groups = { record.Groups },
        Secrets = { PlainWire.ToWire(record.Secrets, ReferenceWire.ToWire) },
        Tty = record.Tty,
        Hostname = record.Hostname,
        DnsConfig = ToWire(record.DnsConfig),
        Healthcheck = ToWire(record.Healthcheck),
        Hosts = { record.Hosts },
        OpenStdin = record.OpenStdin,
        ReadOnly = record.ReadOnly,
        StopSignal = record.StopSignal,
        Configs = { PlainWire.ToWire(record.Configs, ReferenceWire.ToWire) },
        Privileges = PrivilegesWire.ToWire(record.Privileges),
        Init = record.Init,
        Isolation = (ContainerSpec.Types.Isolation)record.Isolation,
        PidsLimit = record.PidsLimit,
        Sysctls = { PlainWire.ToWire(record.Sysctls) },
        CapabilityAdd = { record.CapabilityAdd },
        CapabilityDrop = { record.CapabilityDrop },
        Ulimits = { PlainWire.ToWire(record.Ulimits, ToWire) },
        OomScoreAdj = record.OomScoreAdj,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ContainerSpec? ToRecord(ContainerSpec? wire) => wire is null ? null : new()
    {
        Image = wire.Image,
        Labels = PlainWire.ToRecord(wire.Labels),
        Command = PlainWire.ToRecord(wire.Command),
        Args = PlainWire.ToRecord(wire.Args),
        Env = PlainWire.ToRecord(wire.Env),
        Dir = wire.Dir,
        User = wire.User,
        Mounts = PlainWire.ToRecord(wire.Mounts, MountWire.ToRecord),
        StopGracePeriod = PlainWire.ToRecord(wire.StopGracePeriod),
        PullOptions = ToRecord(wire.PullOptions),
        Groups = PlainWire.ToRecord(wire.Groups),
        Secrets = PlainWire.ToRecord(wire.Secrets, ReferenceWire.ToRecord),
        Tty = wire.Tty,
        Hostname = wire.Hostname,
        DnsConfig = ToRecord(wire.DnsConfig),
        Healthcheck = ToRecord(wire.Healthcheck),
        Hosts = PlainWire.ToRecord(wire.Hosts),
        OpenStdin = wire.OpenStdin,
        ReadOnly = wire.ReadOnly,
        StopSignal = wire.StopSignal,
        Configs = PlainWire.ToRecord(wire.Configs, ReferenceWire.ToRecord),
        Privileges = PrivilegesWire.ToRecord(wire.Privileges),
        Init = wire.Init,
        Isolation = (Objects.ContainerIsolation)wire.Isolation,
        PidsLimit = wire.PidsLimit,
        Sysctls = PlainWire.ToRecord(wire.Sysctls),
        CapabilityAdd = PlainWire.ToRecord(wire.CapabilityAdd),
        CapabilityDrop = PlainWire.ToRecord(wire.CapabilityDrop),
        Ulimits = PlainWire.ToRecord(wire.Ulimits, ToRecord),
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
        Nameservers = PlainWire.ToRecord(wire.Nameservers),
        Search = PlainWire.ToRecord(wire.Search),
        Options = PlainWire.ToRecord(wire.Options),
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
        Interval = PlainWire.ToWire(record.Interval),
        Timeout = PlainWire.ToWire(record.Timeout),
        Retries = record.Retries,
        StartPeriod = PlainWire.ToWire(record.StartPeriod),
        StartInterval = PlainWire.ToWire(record.StartInterval),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.HealthConfig? ToRecord(HealthConfig? wire) => wire is null ? null : new()
    {
        Test = PlainWire.ToRecord(wire.Test),
        Interval = PlainWire.ToRecord(wire.Interval),
        Timeout = PlainWire.ToRecord(wire.Timeout),
        Retries = wire.Retries,
        StartPeriod = PlainWire.ToRecord(wire.StartPeriod),
        StartInterval = PlainWire.ToRecord(wire.StartInterval),
    };
}
