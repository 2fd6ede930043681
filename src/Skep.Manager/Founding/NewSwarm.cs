using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Manager.Founding;

/// <summary>The objects that a swarm begins with. The defaults are SwarmKit's (manager/manager.go).</summary>
public sealed record NewSwarm
{
    /// <summary>The one cluster object of a swarm has this name.</summary>
    public const string ClusterName = "default";

    private const long TaskHistory = 5;
    private const ulong SnapshotInterval = 10_000, SlowFollowerEntries = 500;
    private const uint HeartbeatTick = 1, ElectionTick = 10;
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(90);

    public required ClusterId Cluster { get; init; }

    /// <summary>The manager that founds it.</summary>
    public required NodeId Node { get; init; }

    public required NodeAvailability Availability { get; init; }

    /// <summary>Certificate, key, digest and first join tokens. The key is empty when an external CA signs.</summary>
    public required RootCA RootCA { get; init; }

    /// <summary>Locks every manager's keys; empty: managers are not locked.</summary>
    public required Bytes UnlockKey { get; init; }

    public required ImmutableArray<string> AddressPools { get; init; }

    public required uint SubnetSize { get; init; }

    /// <summary>UDP port of the overlays.</summary>
    public required uint DataPathPort { get; init; }

    public Cluster ClusterObject() => new()
    {
        Id = Cluster,
        Spec = new ClusterSpec
        {
            Annotations = new Annotations { Name = ClusterName },
            Orchestration = new OrchestrationConfig { TaskHistoryRetentionLimit = TaskHistory },
            Raft = new RaftConfig
            {
                SnapshotInterval = SnapshotInterval,
                LogEntriesForSlowFollowers = SlowFollowerEntries,
                HeartbeatTick = HeartbeatTick,
                ElectionTick = ElectionTick,
            },
            Dispatcher = new DispatcherConfig { HeartbeatPeriod = SwarmDuration.From(HeartbeatPeriod) },
            CAConfig = new CAConfig { NodeCertExpiry = SwarmDuration.From(CertificateLifetime) },
            EncryptionConfig = new EncryptionConfig { AutoLockManagers = !UnlockKey.IsEmpty },
        },
        RootCA = RootCA,
        UnlockKeys = UnlockKey.IsEmpty ? [] : [new EncryptionKey { Subsystem = "swarm-manager", Key = UnlockKey }],
        DefaultAddressPool = [.. AddressPools],
        SubnetSize = SubnetSize,
        VxlanUdpPort = DataPathPort,
    };

    /// <summary>A manager as it stands before its agent has reported anything.</summary>
    public Node NodeObject() => new()
    {
        Id = Node,
        Spec = new NodeSpec
        {
            DesiredRole = NodeRole.Manager,
            Membership = NodeMembership.Accepted,
            Availability = Availability,
        },
        Role = NodeRole.Manager,
        Certificate = new Certificate
        {
            CN = Node.Value,
            Role = NodeRole.Manager,
            Status = new IssuanceStatus { State = IssuanceState.Issued },
        },
        VxlanUdpPort = DataPathPort,
    };

    public override string ToString() => $"NewSwarm {Cluster}";
}
