using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

public abstract partial class StoreReader
{
    public IEnumerable<Node> NodesWithHostname(string hostname) =>
        Find<Node>(ObjectKind.Node, IndexName.Hostname, hostname.ToLowerInvariant());

    /// <summary>By the role the authority would certify, not the one the user asked for.</summary>
    public IEnumerable<Node> NodesWithRole(NodeRole role) => Find<Node>(ObjectKind.Node, IndexName.Role, (ulong)role);

    public IEnumerable<Node> NodesWithMembership(NodeMembership membership) =>
        Find<Node>(ObjectKind.Node, IndexName.Membership, (ulong)membership);

    /// <summary>In the order of their slots.</summary>
    public IEnumerable<SwarmTask> TasksOf(ServiceId service) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.Service, service.Value);

    public IEnumerable<SwarmTask> TasksInSlot(ServiceId service, ulong slot) =>
        Version(ObjectKind.Task).Find(IndexName.Service, service.Value, slot).Cast<SwarmTask>();

    public IEnumerable<SwarmTask> TasksOn(NodeId node) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.Node, node.Value);

    public IEnumerable<SwarmTask> TasksInState(TaskState state) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.State, (ulong)state);

    public IEnumerable<SwarmTask> TasksWithDesiredState(TaskState state) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.DesiredState, (ulong)state);

    public IEnumerable<SwarmTask> TasksOnNetwork(string target) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.Network, target);

    public IEnumerable<SwarmTask> TasksUsing(SecretId secret) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.Secret, secret.Value);

    public IEnumerable<SwarmTask> TasksUsing(ConfigId config) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.Config, config.Value);

    public IEnumerable<SwarmTask> TasksUsing(VolumeId volume) =>
        Find<SwarmTask>(ObjectKind.Task, IndexName.Volume, volume.Value);

    /// <param name="target">A network's id or name, as the service's spec says it.</param>
    public IEnumerable<Service> ServicesOnNetwork(string target) =>
        Find<Service>(ObjectKind.Service, IndexName.Network, target);

    public IEnumerable<Service> ServicesUsing(SecretId secret) =>
        Find<Service>(ObjectKind.Service, IndexName.Secret, secret.Value);

    public IEnumerable<Service> ServicesUsing(ConfigId config) =>
        Find<Service>(ObjectKind.Service, IndexName.Config, config.Value);

    public IEnumerable<Volume> VolumesInGroup(string group) =>
        Find<Volume>(ObjectKind.Volume, IndexName.Group, group);

    public IEnumerable<Volume> VolumesWithDriver(string driver) =>
        Find<Volume>(ObjectKind.Volume, IndexName.Driver, driver);

    public IEnumerable<Resource> ResourcesOf(string extension) =>
        Find<Resource>(ObjectKind.Resource, IndexName.Extension, extension);

    private IEnumerable<T> Find<T>(ObjectKind kind, IndexName index, string text) =>
        Version(kind).Find(index, text, null).Cast<T>();

    private IEnumerable<T> Find<T>(ObjectKind kind, IndexName index, ulong number) =>
        Version(kind).Find(index, "", number).Cast<T>();
}
