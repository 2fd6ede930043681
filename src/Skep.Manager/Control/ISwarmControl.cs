using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
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
}
