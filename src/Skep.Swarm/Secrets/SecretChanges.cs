using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Secrets;

/// <summary>
/// What users may do to secrets, with SwarmKit's checks and words. A value never leaves through here.
/// </summary>
public static class SecretChanges
{
    public static Secret Create(Transaction store, SecretSpec spec, IdSource ids)
    {
        Check(spec);
        if (store.Secrets.Named(spec.Annotations.Name) is not null)
        {
            throw SwarmRefusal.Of(SwarmCode.AlreadyExists, $"secret {spec.Annotations.Name} already exists");
        }
        return Redact(store.Create(new Secret { Id = new(ids.NewObjectId()), Spec = spec }));
    }

    /// <summary>Only labels can be changed; a value that is given must be the one there is.</summary>
    public static Secret Update(Transaction store, SecretId id, ObjectVersion version, SecretSpec spec)
    {
        RequireId(id);
        Secret secret = store.Secrets.Get(id)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"secret {id} not found");
        if (secret.Spec.Annotations.Name != spec.Annotations.Name
            || (!spec.Data.IsEmpty && !spec.Data.IsSameSecret(secret.Spec.Data)))
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "only updates to Labels are allowed");
        }
        Annotations annotations = secret.Spec.Annotations with { Labels = spec.Annotations.Labels };
        return Redact(store.Update(secret with
        {
            Meta = secret.Meta with { Version = version },
            Spec = secret.Spec with { Annotations = annotations },
        }));
    }

    public static void Remove(Transaction store, SecretId id)
    {
        RequireId(id);
        Secret secret = store.Secrets.Get(id)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"could not find secret {id}");
        string[] users = [.. store.ServicesUsing(id).Select(service => service.Spec.Annotations.Name)];
        if (users.Length > 0)
        {
            string noun = users.Length == 1 ? "service" : "services";
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument,
                $"secret '{secret.Spec.Annotations.Name}' is in use by the following {noun}: "
                + string.Join(", ", users));
        }
        store.Delete(secret);
    }

    public static Secret Get(StoreReader store, SecretId id)
    {
        RequireId(id);
        return Redact(store.Secrets.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"secret {id} not found"));
    }

    /// <summary>Those made by users, without their values.</summary>
    public static IReadOnlyList<Secret> List(StoreReader store, ObjectQuery query) =>
        [.. query.AnyOf(store.Secrets).Where(secret => !secret.Internal).Select(Redact)];

    public static void Check(SecretSpec spec)
    {
        ObjectNames.CheckOfSecretOrConfig(spec.Annotations);
        if (spec.Driver is not null)
        {
            // The value is fetched by the driver, so there is none to look at.
            string problem = spec.Driver.Name.Length == 0
                ? "secret driver must have a name"
                : $"plugin \"{spec.Driver.Name}\" not found";
            throw SwarmRefusal.Of(
                spec.Driver.Name.Length == 0 ? SwarmCode.InvalidArgument : SwarmCode.Unknown, problem);
        }
        if (spec.Data.Length is 0 or >= Limits.SecretBytes)
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument,
                $"secret data must be larger than 0 and less than {Limits.SecretBytes} bytes");
        }
    }

    private static Secret Redact(Secret secret) => secret with { Spec = secret.Spec with { Data = Bytes.Empty } };

    private static void RequireId(SecretId id)
    {
        if (id.IsEmpty)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "secret ID must be provided");
        }
    }
}
