using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Manager.Control;

/// <summary>What users may ask of the swarm: SwarmKit's control API in our own words.</summary>
/// <remarks>
/// Two make it: one on the leader that works on the store, and a client that sends the request on to the leader, of
/// either make. Every refusal is a <see cref="RefusedException"/> in Docker's words. What comes back holds neither
/// the values of secrets nor private keys.
/// </remarks>
public interface ISwarmControl
{
    Task<Cluster> GetClusterAsync(ClusterId id, CancellationToken stop);

    Task<IReadOnlyList<Cluster>> ListClustersAsync(ObjectQuery query, CancellationToken stop);

    Task<Cluster> UpdateClusterAsync(
        ClusterId id, ObjectVersion version, ClusterSpec spec, KeyRotation rotation, CancellationToken stop);

    /// <summary>With its part in the quorum filled in.</summary>
    Task<Node> GetNodeAsync(NodeId id, CancellationToken stop);

    /// <summary>With their parts in the quorum filled in.</summary>
    Task<IReadOnlyList<Node>> ListNodesAsync(ObjectQuery query, CancellationToken stop);

    Task<Node> UpdateNodeAsync(NodeId id, ObjectVersion version, NodeSpec spec, CancellationToken stop);

    Task RemoveNodeAsync(NodeId id, bool force, CancellationToken stop);

    Task<Secret> GetSecretAsync(SecretId id, CancellationToken stop);

    Task<IReadOnlyList<Secret>> ListSecretsAsync(ObjectQuery query, CancellationToken stop);

    Task<Secret> CreateSecretAsync(SecretSpec spec, CancellationToken stop);

    Task<Secret> UpdateSecretAsync(SecretId id, ObjectVersion version, SecretSpec spec, CancellationToken stop);

    Task RemoveSecretAsync(SecretId id, CancellationToken stop);

    Task<Config> GetConfigAsync(ConfigId id, CancellationToken stop);

    Task<IReadOnlyList<Config>> ListConfigsAsync(ObjectQuery query, CancellationToken stop);

    Task<Config> CreateConfigAsync(ConfigSpec spec, CancellationToken stop);

    Task<Config> UpdateConfigAsync(ConfigId id, ObjectVersion version, ConfigSpec spec, CancellationToken stop);

    Task RemoveConfigAsync(ConfigId id, CancellationToken stop);

    /// <param name="id">Which service.</param>
    /// <param name="insertDefaults">Fills in what the user left out.</param>
    /// <param name="stop">When to give up.</param>
    Task<Service> GetServiceAsync(ServiceId id, bool insertDefaults, CancellationToken stop);

    Task<IReadOnlyList<Service>> ListServicesAsync(ObjectQuery query, CancellationToken stop);

    Task<Service> CreateServiceAsync(ServiceSpec spec, CancellationToken stop);

    /// <summary>Asks for another spec, or with <paramref name="rollback"/> for the one before the present.</summary>
    /// <param name="id">Which service.</param>
    /// <param name="version">The version the user changed.</param>
    /// <param name="spec">What is asked for now; of a rollback it is checked and otherwise ignored.</param>
    /// <param name="rollback">Goes back to the previous spec.</param>
    /// <param name="stop">When to give up.</param>
    Task<Service> UpdateServiceAsync(
        ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback, CancellationToken stop);

    Task RemoveServiceAsync(ServiceId id, CancellationToken stop);

    /// <summary>How many tasks each service has; a service that does not exist has none.</summary>
    Task<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>> ServiceStatusesAsync(
        IReadOnlyList<ServiceId> ids, CancellationToken stop);

    Task<SwarmTask> GetTaskAsync(TaskId id, CancellationToken stop);

    Task<IReadOnlyList<SwarmTask>> ListTasksAsync(ObjectQuery query, CancellationToken stop);

    Task RemoveTaskAsync(TaskId id, CancellationToken stop);

    Task<SwarmNetwork> GetNetworkAsync(NetworkId id, CancellationToken stop);

    Task<IReadOnlyList<SwarmNetwork>> ListNetworksAsync(ObjectQuery query, CancellationToken stop);

    /// <summary>Its subnets and numbers follow at once; what comes back need not have them yet.</summary>
    Task<SwarmNetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken stop);

    Task RemoveNetworkAsync(NetworkId id, CancellationToken stop);

    /// <summary>The lines of tasks, from all nodes that have some; in order for each task.</summary>
    /// <remarks>
    /// What some nodes could not give shows as a <see cref="RefusedException"/> after the last line; its message is
    /// the warning that users shall read.
    /// </remarks>
    IAsyncEnumerable<SwarmLogLine> SubscribeLogsAsync(LogSelector selector, LogQuery query, CancellationToken stop);
}
