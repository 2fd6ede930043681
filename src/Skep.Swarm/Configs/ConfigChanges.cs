using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Configs;

/// <summary>What users may do to configs, with SwarmKit's checks and words.</summary>
public static class ConfigChanges
{
    public static Config Create(Transaction store, ConfigSpec spec, IdSource ids)
    {
        Check(spec);
        if (store.Configs.Named(spec.Annotations.Name) is not null)
        {
            throw SwarmRefusal.Of(SwarmCode.AlreadyExists, $"config {spec.Annotations.Name} already exists");
        }
        return store.Create(new Config { Id = new(ids.NewObjectId()), Spec = spec });
    }

    /// <summary>Only labels can be changed; data that is given must be what there is.</summary>
    public static Config Update(Transaction store, ConfigId id, ObjectVersion version, ConfigSpec spec)
    {
        RequireId(id);
        Config config = store.Configs.Get(id)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"config {id} not found");
        if (config.Spec.Annotations.Name != spec.Annotations.Name
            || (!spec.Data.IsEmpty && spec.Data != config.Spec.Data))
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "only updates to Labels are allowed");
        }
        Annotations annotations = config.Spec.Annotations with { Labels = spec.Annotations.Labels };
        return store.Update(config with
        {
            Meta = config.Meta with { Version = version },
            Spec = config.Spec with { Annotations = annotations },
        });
    }

    public static void Remove(Transaction store, ConfigId id)
    {
        RequireId(id);
        Config config = store.Configs.Get(id)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"could not find config {id}");
        string[] users = [.. store.ServicesUsing(id).Select(service => service.Spec.Annotations.Name)];
        if (users.Length > 0)
        {
            string noun = users.Length == 1 ? "service" : "services";
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument,
                $"config '{config.Spec.Annotations.Name}' is in use by the following {noun}: "
                + string.Join(", ", users));
        }
        store.Delete(config);
    }

    public static Config Get(StoreReader store, ConfigId id)
    {
        RequireId(id);
        return store.Configs.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"config {id} not found");
    }

    public static IReadOnlyList<Config> List(StoreReader store, ObjectQuery query) =>
        [.. query.AnyOf(store.Configs)];

    public static void Check(ConfigSpec spec)
    {
        ObjectNames.CheckOfSecretOrConfig(spec.Annotations);
        if (spec.Data.Length is 0 or >= Limits.ConfigBytes)
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument,
                $"config data must be larger than 0 and less than {Limits.ConfigBytes} bytes");
        }
    }

    private static void RequireId(ConfigId id)
    {
        if (id.IsEmpty)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "config ID must be provided");
        }
    }
}
