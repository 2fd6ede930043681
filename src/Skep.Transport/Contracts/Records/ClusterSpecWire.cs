using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>The settings of a swarm, between record and wire.</summary>
public static class ClusterSpecWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static ClusterSpec? ToWire(Objects.ClusterSpec? record) => record is null ? null : new()
    {
        Annotations = PlainWire.ToWire(record.Annotations),
        AcceptancePolicy = ToWire(record.AcceptancePolicy),
        Orchestration = ToWire(record.Orchestration),
        Raft = ToWire(record.Raft),
        Dispatcher = ToWire(record.Dispatcher),
        CaConfig = CertificateWire.ToWire(record.CAConfig),
        TaskDefaults = ToWire(record.TaskDefaults),
        EncryptionConfig = ToWire(record.EncryptionConfig),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ClusterSpec? ToRecord(ClusterSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        AcceptancePolicy = ToRecord(wire.AcceptancePolicy) ?? Objects.AcceptancePolicy.Empty,
        Orchestration = ToRecord(wire.Orchestration) ?? Objects.OrchestrationConfig.Empty,
        Raft = ToRecord(wire.Raft) ?? Objects.RaftConfig.Empty,
        Dispatcher = ToRecord(wire.Dispatcher) ?? Objects.DispatcherConfig.Empty,
        CAConfig = CertificateWire.ToRecord(wire.CaConfig) ?? Objects.CAConfig.Empty,
        TaskDefaults = ToRecord(wire.TaskDefaults) ?? Objects.TaskDefaults.Empty,
        EncryptionConfig = ToRecord(wire.EncryptionConfig) ?? Objects.EncryptionConfig.Empty,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static AcceptancePolicy? ToWire(Objects.AcceptancePolicy? record) => record is null ? null : new()
    {
        Policies = { PlainWire.ToWire(record.Policies, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.AcceptancePolicy? ToRecord(AcceptancePolicy? wire) => wire is null ? null : new()
    {
        Policies = PlainWire.ToRecord(wire.Policies, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static AcceptancePolicy.Types.RoleAdmissionPolicy? ToWire(Objects.RoleAdmissionPolicy? record) =>
        record is null ? null : new()
        {
            Role = (NodeRole)record.Role,
            Autoaccept = record.Autoaccept,
            Secret = ToWire(record.Secret),
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RoleAdmissionPolicy? ToRecord(AcceptancePolicy.Types.RoleAdmissionPolicy? wire) =>
        wire is null ? null : new()
        {
            Role = (Objects.NodeRole)wire.Role,
            Autoaccept = wire.Autoaccept,
            Secret = ToRecord(wire.Secret),
        };

    [return: NotNullIfNotNull(nameof(record))]
    public static AcceptancePolicy.Types.RoleAdmissionPolicy.Types.Secret? ToWire(Objects.AdmissionSecret? record) =>
        record is null ? null : new()
        {
            Data = PlainWire.ToWire(record.Data),
            Alg = record.Alg,
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.AdmissionSecret? ToRecord(AcceptancePolicy.Types.RoleAdmissionPolicy.Types.Secret? wire) =>
        wire is null ? null : new()
        {
            Data = PlainWire.ToRecord(wire.Data),
            Alg = wire.Alg,
        };

    [return: NotNullIfNotNull(nameof(record))]
    public static OrchestrationConfig? ToWire(Objects.OrchestrationConfig? record) => record is null ? null : new()
    {
        TaskHistoryRetentionLimit = record.TaskHistoryRetentionLimit,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.OrchestrationConfig? ToRecord(OrchestrationConfig? wire) => wire is null ? null : new()
    {
        TaskHistoryRetentionLimit = wire.TaskHistoryRetentionLimit,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static RaftConfig? ToWire(Objects.RaftConfig? record) => record is null ? null : new()
    {
        SnapshotInterval = record.SnapshotInterval,
        KeepOldSnapshots = record.KeepOldSnapshots,
        LogEntriesForSlowFollowers = record.LogEntriesForSlowFollowers,
        HeartbeatTick = record.HeartbeatTick,
        ElectionTick = record.ElectionTick,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RaftConfig? ToRecord(RaftConfig? wire) => wire is null ? null : new()
    {
        SnapshotInterval = wire.SnapshotInterval,
        KeepOldSnapshots = wire.KeepOldSnapshots,
        LogEntriesForSlowFollowers = wire.LogEntriesForSlowFollowers,
        HeartbeatTick = wire.HeartbeatTick,
        ElectionTick = wire.ElectionTick,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static DispatcherConfig? ToWire(Objects.DispatcherConfig? record) => record is null ? null : new()
    {
        HeartbeatPeriod = PlainWire.ToWire(record.HeartbeatPeriod),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.DispatcherConfig? ToRecord(DispatcherConfig? wire) => wire is null ? null : new()
    {
        HeartbeatPeriod = PlainWire.ToRecord(wire.HeartbeatPeriod),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static TaskDefaults? ToWire(Objects.TaskDefaults? record) => record is null ? null : new()
    {
        LogDriver = PlainWire.ToWire(record.LogDriver),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.TaskDefaults? ToRecord(TaskDefaults? wire) => wire is null ? null : new()
    {
        LogDriver = PlainWire.ToRecord(wire.LogDriver),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static EncryptionConfig? ToWire(Objects.EncryptionConfig? record) => record is null ? null : new()
    {
        AutoLockManagers = record.AutoLockManagers,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.EncryptionConfig? ToRecord(EncryptionConfig? wire) => wire is null ? null : new()
    {
        AutoLockManagers = wire.AutoLockManagers,
    };
}
