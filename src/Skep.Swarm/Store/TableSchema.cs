using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>Which names are unique and which indexes an object belongs to.</summary>
internal static class TableSchema
{
    /// <summary>One more than the greatest <see cref="ObjectKind"/>.</summary>
    public const int KindCount = 10;

    /// <summary>Nodes have no name of their own making, and a task's name holds its id.</summary>
    public static bool HasUniqueNames(ObjectKind kind) => kind is not (ObjectKind.Node or ObjectKind.Task);

    /// <summary>Adds every entry by which the object can be found.</summary>
    public static void AddKeys(StoreObject item, List<IndexKey> keys)
    {
        string id = item.RawId;
        foreach (IndexEntry entry in item.Naming.Indices)
        {
            keys.Add(new(IndexName.Custom, $"{entry.Key}|{entry.Val}", 0, id));
        }
        switch (item)
        {
            case SwarmTask task:
                AddTask(task, id, keys);
                break;
            case Node node:
                keys.Add(new(IndexName.Hostname, (node.Description?.Hostname ?? "").ToLowerInvariant(), 0, id));
                keys.Add(new(IndexName.Role, "", (ulong)node.Role, id));
                keys.Add(new(IndexName.Membership, "", (ulong)node.Spec.Membership, id));
                break;
            case Service service:
                // The spec's own networks count only where the task names none.
                ValueList<NetworkAttachmentConfig> networks = service.Spec.Task.Networks;
                AddNetworks(networks.IsEmpty ? service.Spec.Networks : networks, id, keys);
                AddReferences(service.Spec.Task.Container, id, keys);
                break;
            case Volume volume:
                keys.Add(new(IndexName.Group, volume.Spec.Group, 0, id));
                keys.Add(new(IndexName.Driver, volume.Spec.Driver?.Name ?? "", 0, id));
                break;
            case Resource resource:
                keys.Add(new(IndexName.Extension, resource.ExtensionName, 0, id));
                break;
        }
    }

    private static void AddTask(SwarmTask task, string id, List<IndexKey> keys)
    {
        if (!task.ServiceId.IsEmpty)
        {
            keys.Add(new(IndexName.Service, task.ServiceId.Value, task.Slot, id));
        }
        if (!task.NodeId.IsEmpty)
        {
            keys.Add(new(IndexName.Node, task.NodeId.Value, 0, id));
        }
        keys.Add(new(IndexName.DesiredState, "", (ulong)task.DesiredState, id));
        keys.Add(new(IndexName.State, "", (ulong)task.Status.State, id));
        AddNetworks(task.Spec.Networks, id, keys);
        AddReferences(task.Spec.Container, id, keys);
        foreach (VolumeAttachment volume in task.Volumes)
        {
            AddOnce(new(IndexName.Volume, volume.Id.Value, 0, id), keys);
        }
    }

    private static void AddNetworks(ValueList<NetworkAttachmentConfig> networks, string id, List<IndexKey> keys)
    {
        foreach (NetworkAttachmentConfig network in networks)
        {
            AddOnce(new(IndexName.Network, network.Target, 0, id), keys);
        }
    }

    private static void AddReferences(ContainerSpec? container, string id, List<IndexKey> keys)
    {
        if (container is null)
        {
            return;
        }
        foreach (SecretReference secret in container.Secrets)
        {
            AddOnce(new(IndexName.Secret, secret.SecretId.Value, 0, id), keys);
        }
        foreach (ConfigReference config in container.Configs)
        {
            AddOnce(new(IndexName.Config, config.ConfigId.Value, 0, id), keys);
        }
    }

    /// <summary>A container may use the same secret twice under two file names.</summary>
    private static void AddOnce(IndexKey key, List<IndexKey> keys)
    {
        if (!keys.Contains(key))
        {
            keys.Add(key);
        }
    }
}
