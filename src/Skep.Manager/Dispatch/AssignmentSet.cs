using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using AssignmentStep = Skep.Transport.Contracts.AssignmentStep;

namespace Skep.Manager.Dispatch;

/// <summary>
/// Everything that one node is given: its tasks, and the secrets, configs and volumes that these need.
/// </summary>
/// <remarks>
/// A pure picture of one snapshot. What changed is the difference of two pictures, so nothing can be forgotten; a node
/// never sees a secret or config that none of its own tasks names.
/// </remarks>
public sealed class AssignmentSet
{
    public static readonly AssignmentSet Empty = new();

    private readonly Dictionary<TaskId, SwarmTask> tasks = [];
    private readonly Dictionary<SecretId, Secret> secrets = [];
    private readonly Dictionary<ConfigId, Config> configs = [];
    private readonly Dictionary<VolumeId, (VolumeAssignment Volume, VolumePublishState State)> volumes = [];

    private AssignmentSet()
    {
    }

    public static AssignmentSet Of(StoreReader store, NodeId node)
    {
        var set = new AssignmentSet();
        foreach (SwarmTask task in store.TasksOn(node))
        {
            if (task.Status.State < TaskState.Assigned)
            {
                continue;
            }

            set.tasks[task.Id] = task;

            // A task that has ended needs nothing any more.
            if (task.Status.State <= TaskState.Running)
            {
                set.AddNeedsOf(store, task);
            }
        }

        foreach (Volume volume in store.Volumes.All)
        {
            set.AddVolume(store, volume, node);
        }

        return set;
    }

    /// <summary>What must be told to a node that has <paramref name="before"/>, so that it has this.</summary>
    public ImmutableArray<AssignmentStep> Since(AssignmentSet before)
    {
        ImmutableArray<AssignmentStep>.Builder steps = ImmutableArray.CreateBuilder<AssignmentStep>();
        foreach (Secret secret in secrets.Values.Where(secret => !before.secrets.ContainsKey(secret.Id)))
        {
            steps.Add(new AssignmentStep(false, secret, null));
        }

        foreach (Config config in configs.Values.Where(config => !before.configs.ContainsKey(config.Id)))
        {
            steps.Add(new AssignmentStep(false, config, null));
        }

        foreach ((VolumeId id, (VolumeAssignment volume, VolumePublishState state)) in volumes)
        {
            if (!before.volumes.TryGetValue(id, out var had) || had.State != state)
            {
                steps.Add(new AssignmentStep(state == VolumePublishState.PendingNodeUnpublish, null, volume));
            }
        }

        foreach (SwarmTask task in tasks.Values)
        {
            if (!before.tasks.TryGetValue(task.Id, out SwarmTask? had) || MustTell(had, task))
            {
                steps.Add(new AssignmentStep(false, task, null));
            }
        }

        AddRemovals(steps, before);
        return steps.ToImmutable();
    }

    /// <summary>The tasks alone, for agents that know no more.</summary>
    public IEnumerable<SwarmTask> Tasks => tasks.Values;

    /// <summary>Whether a node that has the task as it was must hear what it has become.</summary>
    /// <remarks>
    /// What the node itself reports is not told back to it; but states up to assigned are the managers' own, and are.
    /// </remarks>
    public static bool MustTell(SwarmTask had, SwarmTask task)
    {
        if (ReferenceEquals(had, task))
        {
            return false;
        }

        SwarmTask comparable = had with { Status = task.Status, Meta = task.Meta };
        return comparable != task || (task.Status.State <= TaskState.Assigned && had.Status != task.Status);
    }

    private void AddRemovals(ImmutableArray<AssignmentStep>.Builder steps, AssignmentSet before)
    {
        foreach (TaskId id in before.tasks.Keys.Where(id => !tasks.ContainsKey(id)))
        {
            steps.Add(new AssignmentStep(true, new SwarmTask { Id = id }, null));
        }

        foreach (SecretId id in before.secrets.Keys.Where(id => !secrets.ContainsKey(id)))
        {
            steps.Add(new AssignmentStep(true, new Secret { Id = id }, null));
        }

        foreach (ConfigId id in before.configs.Keys.Where(id => !configs.ContainsKey(id)))
        {
            steps.Add(new AssignmentStep(true, new Config { Id = id }, null));
        }
    }

    private void AddNeedsOf(StoreReader store, SwarmTask task)
    {
        foreach (ResourceReference reference in task.Spec.ResourceReferences)
        {
            if (reference.ResourceType == ResourceType.Secret)
            {
                AddSecret(store, new SecretId(reference.ResourceId));
            }
            else if (reference.ResourceType == ResourceType.Config)
            {
                AddConfig(store, new ConfigId(reference.ResourceId));
            }
        }

        if (task.Spec.Container is not { } container)
        {
            return;
        }

        foreach (SecretReference reference in container.Secrets)
        {
            AddSecret(store, reference.SecretId);
        }

        foreach (ConfigReference reference in container.Configs)
        {
            AddConfig(store, reference.ConfigId);
        }
    }

    private void AddSecret(StoreReader store, SecretId id)
    {
        // A secret whose value a plugin keeps is not known here, and the task says so when it looks for it.
        if (store.Secrets.Get(id) is { Spec.Driver: null } secret)
        {
            secrets[id] = secret;
        }
    }

    private void AddConfig(StoreReader store, ConfigId id)
    {
        if (store.Configs.Get(id) is { } config)
        {
            configs[id] = config;
        }
    }

    private void AddVolume(StoreReader store, Volume volume, NodeId node)
    {
        foreach (VolumePublishStatus status in volume.PublishStatus)
        {
            if (status.NodeId != node
                || status.State is not (VolumePublishState.Published or VolumePublishState.PendingNodeUnpublish))
            {
                continue;
            }

            var assignment = new VolumeAssignment
            {
                Id = volume.Id,
                VolumeId = volume.VolumeInfo?.VolumeId ?? "",
                Driver = volume.Spec.Driver,
                VolumeContext = volume.VolumeInfo?.VolumeContext ?? default,
                PublishContext = status.PublishContext,
                AccessMode = volume.Spec.AccessMode,
                Secrets = volume.Spec.Secrets,
            };
            volumes[volume.Id] = (assignment, status.State);
            foreach (VolumeSecret secret in volume.Spec.Secrets)
            {
                AddSecret(store, new SecretId(secret.Secret));
            }
        }
    }
}
