using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Services;

/// <summary>Which secrets and configs a service may name, and where, in SwarmKit's words.</summary>
internal static class ReferenceChecks
{
    public static void CheckSecrets(ContainerSpec container)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SecretReference secret in container.Secrets)
        {
            if (secret.SecretId.IsEmpty || secret.SecretName.Length == 0)
            {
                throw Invalid("malformed secret reference");
            }
            if (secret.Target is null)
            {
                throw Invalid("malformed secret reference, no target provided");
            }
            CheckFile("secret", secret.Target, secret.SecretName, names);
        }
    }

    public static void CheckConfigs(ContainerSpec container)
    {
        string credentials = container.Privileges?.CredentialSpec is { Source: CredentialSource.Config } spec
            ? spec.Value
            : "";
        bool isGiven = credentials.Length == 0;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ConfigReference config in container.Configs)
        {
            if (config.ConfigId.IsEmpty || config.ConfigName.Length == 0)
            {
                throw Invalid("malformed config reference");
            }
            switch (config.Target)
            {
                case null:
                    throw Invalid("malformed config reference, no target provided");
                case FileTarget file:
                    CheckFile("config", file, config.ConfigName, names);
                    break;
                default:
                    isGiven |= config.ConfigId.Value == credentials;
                    break;
            }
        }
        if (!isGiven)
        {
            throw Invalid(
                $"CredentialSpec references config '{credentials}', but that config isn't in config references "
                + "with RuntimeTarget");
        }
    }

    /// <summary>A reference holds the id and the name, and both must be of the same object.</summary>
    public static void CheckExistence(StoreReader store, ContainerSpec? container)
    {
        if (container is null)
        {
            return;
        }
        RefuseMissing("secret",
        [
            .. from wanted in container.Secrets
               where store.Secrets.Get(wanted.SecretId)?.Spec.Annotations.Name != wanted.SecretName
               select wanted.SecretName,
        ]);
        RefuseMissing("config",
        [
            .. from wanted in container.Configs
               where store.Configs.Get(wanted.ConfigId)?.Spec.Annotations.Name != wanted.ConfigName
               select wanted.ConfigName,
        ]);
    }

    private static void CheckFile(string noun, FileTarget file, string name, Dictionary<string, string> names)
    {
        if (file.Name.Length == 0)
        {
            throw Invalid($"malformed file {noun} reference, invalid target file name provided");
        }
        if (!names.TryAdd(file.Name, name))
        {
            throw Invalid(
                $"{noun} references '{names[file.Name]}' and '{name}' have a conflicting target: '{file.Name}'");
        }
    }

    private static void RefuseMissing(string noun, string[] missing)
    {
        if (missing.Length > 0)
        {
            throw Invalid($"{noun}{(missing.Length == 1 ? "" : "s")} not found: {string.Join(", ", missing)}");
        }
    }

    private static RefusedException Invalid(string problem) => SwarmRefusal.Of(SwarmCode.InvalidArgument, problem);
}
