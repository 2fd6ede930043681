using System.Runtime.CompilerServices;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Tests.Control;

/// <summary>A control that keeps what it was asked, and answers what the test put in.</summary>
internal sealed class ScriptedControl : ISwarmControl
{
    public List<object[]> Asked { get; } = [];

    /// <summary>For each request in turn: an object to return or an exception to throw; the last one stays.</summary>
    public Queue<object> Answers { get; } = new();

    public Task<Cluster> GetClusterAsync(ClusterId id, CancellationToken stop) =>
        Answer<Cluster>([id]);

    public Task<IReadOnlyList<Cluster>> ListClustersAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<Cluster>>([query]);

    public Task<Cluster> UpdateClusterAsync(
        ClusterId id, ObjectVersion version, ClusterSpec spec, KeyRotation rotation, CancellationToken stop) =>
        Answer<Cluster>([id, version, spec, rotation]);

    public Task<Node> GetNodeAsync(NodeId id, CancellationToken stop) =>
        Answer<Node>([id]);

    public Task<IReadOnlyList<Node>> ListNodesAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<Node>>([query]);

    public Task<Node> UpdateNodeAsync(NodeId id, ObjectVersion version, NodeSpec spec, CancellationToken stop) =>
        Answer<Node>([id, version, spec]);

    public Task RemoveNodeAsync(NodeId id, bool force, CancellationToken stop) =>
        Answer<object>([id, force]);

    public Task<Secret> GetSecretAsync(SecretId id, CancellationToken stop) =>
        Answer<Secret>([id]);

    public Task<IReadOnlyList<Secret>> ListSecretsAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<Secret>>([query]);

    public Task<Secret> CreateSecretAsync(SecretSpec spec, CancellationToken stop) =>
        Answer<Secret>([spec]);

    public Task<Secret> UpdateSecretAsync(
        SecretId id, ObjectVersion version, SecretSpec spec, CancellationToken stop) =>
        Answer<Secret>([id, version, spec]);

    public Task RemoveSecretAsync(SecretId id, CancellationToken stop) =>
        Answer<object>([id]);

    public Task<Config> GetConfigAsync(ConfigId id, CancellationToken stop) =>
        Answer<Config>([id]);

    public Task<IReadOnlyList<Config>> ListConfigsAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<Config>>([query]);

    public Task<Config> CreateConfigAsync(ConfigSpec spec, CancellationToken stop) =>
        Answer<Config>([spec]);

    public Task<Config> UpdateConfigAsync(
        ConfigId id, ObjectVersion version, ConfigSpec spec, CancellationToken stop) =>
        Answer<Config>([id, version, spec]);

    public Task RemoveConfigAsync(ConfigId id, CancellationToken stop) =>
        Answer<object>([id]);

    public Task<Service> GetServiceAsync(ServiceId id, bool insertDefaults, CancellationToken stop) =>
        Answer<Service>([id, insertDefaults]);

    public Task<IReadOnlyList<Service>> ListServicesAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<Service>>([query]);

    public Task<Service> CreateServiceAsync(ServiceSpec spec, CancellationToken stop) =>
        Answer<Service>([spec]);

    public Task<Service> UpdateServiceAsync(
        ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback, CancellationToken stop) =>
        Answer<Service>([id, version, spec, rollback]);

    public Task RemoveServiceAsync(ServiceId id, CancellationToken stop) =>
        Answer<object>([id]);

    public Task<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>> ServiceStatusesAsync(
        IReadOnlyList<ServiceId> ids, CancellationToken stop) =>
        Answer<IReadOnlyDictionary<ServiceId, ServiceTaskCounts>>([ValueList.From(ids)]);

    public Task<SwarmTask> GetTaskAsync(TaskId id, CancellationToken stop) =>
        Answer<SwarmTask>([id]);

    public Task<IReadOnlyList<SwarmTask>> ListTasksAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<SwarmTask>>([query]);

    public Task RemoveTaskAsync(TaskId id, CancellationToken stop) =>
        Answer<object>([id]);

    public Task<SwarmNetwork> GetNetworkAsync(NetworkId id, CancellationToken stop) =>
        Answer<SwarmNetwork>([id]);

    public Task<IReadOnlyList<SwarmNetwork>> ListNetworksAsync(ObjectQuery query, CancellationToken stop) =>
        Answer<IReadOnlyList<SwarmNetwork>>([query]);

    public Task<SwarmNetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken stop) =>
        Answer<SwarmNetwork>([spec]);

    public Task RemoveNetworkAsync(NetworkId id, CancellationToken stop) =>
        Answer<object>([id]);

    /// <summary>Its answer is the lines; an exception as the next answer ends them.</summary>
    public async IAsyncEnumerable<SwarmLogLine> SubscribeLogsAsync(
        LogSelector selector, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (SwarmLogLine line in await Answer<IReadOnlyList<SwarmLogLine>>([selector, query]))
        {
            yield return line;
        }
        if (Answers.Peek() is Exception refused)
        {
            throw refused;
        }
    }

    private Task<T> Answer<T>(object[] request, [CallerMemberName] string method = "")
    {
        Asked.Add([method, .. request]);
        object answer = Answers.Count > 1 ? Answers.Dequeue() : Answers.Peek();
        return answer is Exception refused ? Task.FromException<T>(refused) : Task.FromResult((T)answer);
    }
}
