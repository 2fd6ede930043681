using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>What a snapshot and a transaction have in common: reading.</summary>
public abstract partial class StoreReader
{
    /// <summary>The name of the one cluster object that a swarm has.</summary>
    public const string ClusterName = "default";

    private protected StoreReader()
    {
    }

    public ObjectTable<NodeId, Node> Nodes => new(this, ObjectKind.Node);

    public ObjectTable<ServiceId, Service> Services => new(this, ObjectKind.Service);

    public ObjectTable<TaskId, SwarmTask> Tasks => new(this, ObjectKind.Task);

    public ObjectTable<NetworkId, SwarmNetwork> Networks => new(this, ObjectKind.Network);

    public ObjectTable<ClusterId, Cluster> Clusters => new(this, ObjectKind.Cluster);

    public ObjectTable<SecretId, Secret> Secrets => new(this, ObjectKind.Secret);

    public ObjectTable<ResourceId, Resource> Resources => new(this, ObjectKind.Resource);

    public ObjectTable<ExtensionId, Extension> Extensions => new(this, ObjectKind.Extension);

    public ObjectTable<ConfigId, Config> Configs => new(this, ObjectKind.Config);

    public ObjectTable<VolumeId, Volume> Volumes => new(this, ObjectKind.Volume);

    /// <summary>The swarm's settings; null only before the swarm was made.</summary>
    public Cluster? Cluster => Clusters.Named(ClusterName);

    /// <summary>For a single look-up.</summary>
    internal abstract TableState Current(ObjectKind kind);

    /// <summary>For a walk: what this returns must not change while the walk goes on.</summary>
    internal abstract TableState Version(ObjectKind kind);
}
