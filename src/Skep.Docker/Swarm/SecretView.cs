using Skep.Docker.Engine;
using Skep.Swarm.Objects;
using ApiConfigSpec = Skep.Docker.Engine.ConfigSpec;
using ApiSecretSpec = Skep.Docker.Engine.SecretSpec;
using ConfigSpec = Skep.Swarm.Objects.ConfigSpec;
using SecretSpec = Skep.Swarm.Objects.SecretSpec;

namespace Skep.Docker.Swarm;

/// <summary>Secrets as the Engine API shows and takes them.</summary>
public static class SecretView
{
    /// <summary>Without its value, whoever asks.</summary>
    public static SecretInspect Of(Secret secret) => new()
    {
        Id = secret.Id.Value,
        Version = Views.Version(secret),
        CreatedAt = Views.CreatedAt(secret),
        UpdatedAt = Views.UpdatedAt(secret),
        Spec = new ApiSecretSpec
        {
            Name = Views.OrNull(secret.Spec.Annotations.Name),
            Labels = secret.Spec.Annotations.Labels,
            Driver = Views.DriverOf(secret.Spec.Driver),
            Templating = Views.DriverOf(secret.Spec.Templating),
        },
    };

    public static SecretSpec ToSpec(ApiSecretSpec asked) => new()
    {
        Annotations = Views.ToAnnotations(asked.Name, asked.Labels),
        Data = Bytes.CopyOf(asked.Data),
        Driver = Views.ToDriver(asked.Driver),
        Templating = Views.ToDriver(asked.Templating),
    };
}

/// <summary>Configs as the Engine API shows and takes them.</summary>
public static class ConfigView
{
    public static ConfigInspect Of(Config config) => new()
    {
        Id = config.Id.Value,
        Version = Views.Version(config),
        CreatedAt = Views.CreatedAt(config),
        UpdatedAt = Views.UpdatedAt(config),
        Spec = new ApiConfigSpec
        {
            Name = Views.OrNull(config.Spec.Annotations.Name),
            Labels = config.Spec.Annotations.Labels,
            Data = config.Spec.Data.IsEmpty ? null : config.Spec.Data.ToArray(),
            Templating = Views.DriverOf(config.Spec.Templating),
        },
    };

    public static ConfigSpec ToSpec(ApiConfigSpec asked) => new()
    {
        Annotations = Views.ToAnnotations(asked.Name, asked.Labels),
        Data = Bytes.CopyOf(asked.Data),
        Templating = Views.ToDriver(asked.Templating),
    };
}
