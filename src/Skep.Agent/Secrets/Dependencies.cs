using System.Collections.Concurrent;
using Skep.Agent.Session;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Config = Skep.Swarm.Objects.Config;
using Secret = Skep.Swarm.Objects.Secret;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Agent.Secrets;

/// <summary>The secrets and configs that managers gave to this node, in memory and nowhere else. Thread-safe.</summary>
public sealed class Dependencies
{
    private readonly ConcurrentDictionary<string, Secret> secrets = new();
    private readonly ConcurrentDictionary<string, Config> configs = new();

    /// <summary>Those that a task may have under other ids of its own come with the task's id behind theirs.</summary>
    public Secret? FindSecret(SecretId id, SwarmTask task) =>
        secrets.GetValueOrDefault($"{id.Value}.{task.Id.Value}") ?? secrets.GetValueOrDefault(id.Value);

    public Config? FindConfig(ConfigId id) => configs.GetValueOrDefault(id.Value);

    public void Apply(AssignmentNews news)
    {
        if (news.IsComplete)
        {
            Keep(secrets, news, static one => one is Secret);
            Keep(configs, news, static one => one is Config);
        }

        foreach (AssignmentStep step in news.Steps)
        {
            switch (step.Object)
            {
                case Secret secret when step.IsRemoval:
                    secrets.TryRemove(secret.Id.Value, out _);
                    break;
                case Secret secret:
                    secrets[secret.Id.Value] = secret;
                    break;
                case Config config when step.IsRemoval:
                    configs.TryRemove(config.Id.Value, out _);
                    break;
                case Config config:
                    configs[config.Id.Value] = config;
                    break;
            }
        }
    }

    private static void Keep<T>(
        ConcurrentDictionary<string, T> all, AssignmentNews news, Func<StoreObject?, bool> isOfKind)
    {
        HashSet<string> given =
            [.. news.Steps.Where(step => isOfKind(step.Object)).Select(step => step.Object!.RawId)];
        foreach (string gone in all.Keys.Where(id => !given.Contains(id)))
        {
            all.TryRemove(gone, out _);
        }
    }
}
