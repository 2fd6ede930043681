using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Docker.Swarm;

/// <summary>What users send to change the swarm, as the store keeps it.</summary>
public static class SwarmSpecs
{
    /// <summary>The one name that a swarm can have.</summary>
    private const string OnlyName = "default";

    /// <summary>For POST /swarm/update: the whole spec, where what is left out is unset.</summary>
    public static ClusterSpec ToSpec(SwarmSpec asked) => Merge(asked, ClusterSpec.Empty);

    /// <summary>For POST /swarm/init: what is left out stays as the new swarm has it.</summary>
    /// <exception cref="RefusedException">Another name, or an authority of an unknown protocol.</exception>
    public static ClusterSpec Merge(SwarmSpec asked, ClusterSpec spec) => spec with
    {
        Annotations = spec.Annotations with
        {
            Name = Name(asked),
            Labels = asked.Labels is { Count: > 0 } labels ? Views.ToMap(labels) : spec.Annotations.Labels,
        },
        Orchestration = asked.Orchestration.TaskHistoryRetentionLimit is { } limit
            ? spec.Orchestration with { TaskHistoryRetentionLimit = limit }
            : spec.Orchestration,
        Raft = Merge(asked.Raft, spec.Raft),
        Dispatcher = asked.Dispatcher.HeartbeatPeriod != 0
            ? spec.Dispatcher with
            {
                HeartbeatPeriod = SwarmDuration.FromNanoseconds(asked.Dispatcher.HeartbeatPeriod),
            }
            : spec.Dispatcher,
        CAConfig = Merge(asked.CaConfig, spec.CAConfig),
        EncryptionConfig = spec.EncryptionConfig with
        {
            AutoLockManagers = asked.EncryptionConfig.AutoLockManagers || spec.EncryptionConfig.AutoLockManagers,
        },
    };

    /// <exception cref="RefusedException">The spec has another name than a swarm can have.</exception>
    public static void CheckName(SwarmSpec asked) => Name(asked);

    private static string Name(SwarmSpec asked) => asked.Name is null or "" or OnlyName
        ? OnlyName
        : throw new RefusedException(ErrorKind.Invalid, $"swarm spec must be named \"{OnlyName}\"");

    private static RaftConfig Merge(SwarmRaft asked, RaftConfig raft) => raft with
    {
        SnapshotInterval = asked.SnapshotInterval != 0 ? asked.SnapshotInterval : raft.SnapshotInterval,
        KeepOldSnapshots = asked.KeepOldSnapshots ?? raft.KeepOldSnapshots,
        LogEntriesForSlowFollowers = asked.LogEntriesForSlowFollowers != 0
            ? asked.LogEntriesForSlowFollowers
            : raft.LogEntriesForSlowFollowers,
        HeartbeatTick = asked.HeartbeatTick != 0 ? (uint)asked.HeartbeatTick : raft.HeartbeatTick,
        ElectionTick = asked.ElectionTick != 0 ? (uint)asked.ElectionTick : raft.ElectionTick,
    };

    private static CAConfig Merge(SwarmCa asked, CAConfig ca) => ca with
    {
        NodeCertExpiry = asked.NodeCertExpiry != 0
            ? SwarmDuration.FromNanoseconds(asked.NodeCertExpiry)
            : ca.NodeCertExpiry,
        SigningCACert = asked.SigningCaCert is { Length: > 0 } certificate
            ? Bytes.Utf8(certificate)
            : ca.SigningCACert,
        SigningCAKey = asked.SigningCaKey is { Length: > 0 } key ? Bytes.Utf8(key) : ca.SigningCAKey,
        ForceRotate = asked.ForceRotate != 0 ? asked.ForceRotate : ca.ForceRotate,
        ExternalCAs = [.. ca.ExternalCAs, .. (asked.ExternalCas ?? []).Select(External)],
    };

    private static ExternalCA External(ExternalCa asked) => new()
    {
        Protocol = asked.Protocol.Equals("cfssl", StringComparison.OrdinalIgnoreCase)
            ? ExternalCAProtocol.Cfssl
            : throw new RefusedException(ErrorKind.Invalid, $"invalid protocol: {GoText.Quote(asked.Protocol)}"),
        Url = asked.Url,
        Options = Views.ToMap(asked.Options),
        CACert = Bytes.Utf8(asked.CaCert),
    };
}
