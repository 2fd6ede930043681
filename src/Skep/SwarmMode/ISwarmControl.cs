using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.SwarmMode;

/// <summary>Which secrets of a swarm are made anew by an update.</summary>
public readonly record struct KeyRotation(bool WorkerToken, bool ManagerToken, bool UnlockKey);

/// <summary>
/// What a manager does for users: at the leader in its own store, at another manager by asking the leader, which may be
/// a Docker Engine.
/// </summary>
/// <remarks>
/// Refusals are <see cref="RefusedException"/> in SwarmKit's words, "rpc error: code = … desc = …" and all. Lists are
/// whole and linearizable; values of secrets may be left out of them.
/// </remarks>
public interface ISwarmControl
{
    /// <summary>The one cluster object.</summary>
    Task<Cluster> ClusterAsync(CancellationToken stop);

    /// <param name="version">The one that the spec was made from.</param>
    Task UpdateClusterAsync(
        ClusterId cluster, ObjectVersion version, ClusterSpec spec, KeyRotation rotation, CancellationToken stop);

    /// <returns>SWMKEY-1-…, or "" when managers are not locked.</returns>
    Task<string> UnlockKeyAsync(CancellationToken stop);

    /// <summary>With the quorum's own knowledge of each manager: address, reachability, who leads.</summary>
    Task<ImmutableArray<Node>> NodesAsync(CancellationToken stop);

    Task UpdateNodeAsync(NodeId node, ObjectVersion version, NodeSpec spec, CancellationToken stop);

    /// <param name="force">Also when it is not down, or a manager that is lost.</param>
    Task RemoveNodeAsync(NodeId node, bool force, CancellationToken stop);

    Task<ImmutableArray<Secret>> SecretsAsync(CancellationToken stop);

    Task<SecretId> CreateSecretAsync(SecretSpec spec, CancellationToken stop);

    Task UpdateSecretAsync(SecretId secret, ObjectVersion version, SecretSpec spec, CancellationToken stop);

    Task RemoveSecretAsync(SecretId secret, CancellationToken stop);

    Task<ImmutableArray<Config>> ConfigsAsync(CancellationToken stop);

    Task<ConfigId> CreateConfigAsync(ConfigSpec spec, CancellationToken stop);

    Task UpdateConfigAsync(ConfigId config, ObjectVersion version, ConfigSpec spec, CancellationToken stop);

    Task RemoveConfigAsync(ConfigId config, CancellationToken stop);
}
