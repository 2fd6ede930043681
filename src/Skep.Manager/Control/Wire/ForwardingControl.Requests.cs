using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Manager.Control;

// Every request, to whoever leads.
public sealed partial class ForwardingControl
{
    public Task<Cluster> GetClusterAsync(ClusterId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetClusterAsync(id, stop), stop);

    public Task<IReadOnlyList<Cluster>> ListClustersAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListClustersAsync(query, stop), stop);

    public Task<Cluster> UpdateClusterAsync(
        ClusterId id, ObjectVersion version, ClusterSpec spec, KeyRotation rotation, CancellationToken stop) =>
        AtLeaderAsync(at => at.UpdateClusterAsync(id, version, spec, rotation, stop), stop);

    public Task<Node> GetNodeAsync(NodeId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetNodeAsync(id, stop), stop);

    public Task<IReadOnlyList<Node>> ListNodesAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListNodesAsync(query, stop), stop);

    public Task<Node> UpdateNodeAsync(NodeId id, ObjectVersion version, NodeSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.UpdateNodeAsync(id, version, spec, stop), stop);

    public Task RemoveNodeAsync(NodeId id, bool force, CancellationToken stop) =>
        AtLeaderAsync(at => at.RemoveNodeAsync(id, force, stop), stop);

    public Task<Secret> GetSecretAsync(SecretId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetSecretAsync(id, stop), stop);

    public Task<IReadOnlyList<Secret>> ListSecretsAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListSecretsAsync(query, stop), stop);

    public Task<Secret> CreateSecretAsync(SecretSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.CreateSecretAsync(spec, stop), stop);

    public Task<Secret> UpdateSecretAsync(
        SecretId id, ObjectVersion version, SecretSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.UpdateSecretAsync(id, version, spec, stop), stop);

    public Task RemoveSecretAsync(SecretId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.RemoveSecretAsync(id, stop), stop);

    public Task<Config> GetConfigAsync(ConfigId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.GetConfigAsync(id, stop), stop);

    public Task<IReadOnlyList<Config>> ListConfigsAsync(ObjectQuery query, CancellationToken stop) =>
        AtLeaderAsync(at => at.ListConfigsAsync(query, stop), stop);

    public Task<Config> CreateConfigAsync(ConfigSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.CreateConfigAsync(spec, stop), stop);

    public Task<Config> UpdateConfigAsync(
        ConfigId id, ObjectVersion version, ConfigSpec spec, CancellationToken stop) =>
        AtLeaderAsync(at => at.UpdateConfigAsync(id, version, spec, stop), stop);

    public Task RemoveConfigAsync(ConfigId id, CancellationToken stop) =>
        AtLeaderAsync(at => at.RemoveConfigAsync(id, stop), stop);
}
