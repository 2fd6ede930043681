using System.Text.Json.Serialization.Metadata;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Manager.Control;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using ApiConfigSpec = Skep.Docker.Engine.ConfigSpec;
using ApiSecretSpec = Skep.Docker.Engine.SecretSpec;
using FilterSet = Skep.Docker.Filters.Filters;

namespace Skep.Engine.Endpoints;

/// <summary>What is different between the endpoints of secrets and those of configs.</summary>
/// <typeparam name="T">The object in the store.</typeparam>
/// <typeparam name="TView">As the Engine API shows it.</typeparam>
/// <typeparam name="TAsked">As users ask for it.</typeparam>
internal sealed record ValueKind<T, TView, TAsked>
{
    /// <summary>secret or config.</summary>
    public required string Word { get; init; }

    public required JsonTypeInfo<TAsked> AskedJson { get; init; }
    public required JsonTypeInfo<TView> ViewJson { get; init; }
    public required JsonTypeInfo<IReadOnlyList<TView>> ViewsJson { get; init; }
    public required Func<FilterSet, ObjectQuery> Query { get; init; }
    public required Func<T, TView> View { get; init; }
    public required Func<TAsked, bool> IsTemplate { get; init; }
    public required Func<ISwarmControl, ObjectQuery, CancellationToken, Task<IReadOnlyList<T>>> List { get; init; }
    public required Func<ISwarmControl, string, CancellationToken, Task<T>> Find { get; init; }
    public required Func<ISwarmControl, TAsked, CancellationToken, Task<T>> Create { get; init; }
    public required Func<ISwarmControl, T, ObjectVersion, TAsked, CancellationToken, Task> Update { get; init; }
    public required Func<ISwarmControl, T, CancellationToken, Task> Remove { get; init; }
}

/// <summary>The two kinds.</summary>
internal static class ValueKinds
{
    public static readonly ValueKind<Secret, SecretInspect, ApiSecretSpec> Secrets = new()
    {
        Word = "secret",
        AskedJson = EngineJson.Default.SecretSpec,
        ViewJson = EngineJson.Default.SecretInspect,
        ViewsJson = EngineJson.Default.IReadOnlyListSecretInspect,
        Query = ObjectFilters.Secrets,
        View = SecretView.Of,
        IsTemplate = asked => asked.Templating is not null,
        List = (control, query, stop) => control.ListSecretsAsync(query, stop),
        Find = ObjectLookup.SecretAsync,
        Create = (control, asked, stop) => control.CreateSecretAsync(SecretView.ToSpec(asked), stop),
        Update = (control, secret, version, asked, stop) =>
            control.UpdateSecretAsync(secret.Id, version, SecretView.ToSpec(asked), stop),
        Remove = (control, secret, stop) => control.RemoveSecretAsync(secret.Id, stop),
    };

    public static readonly ValueKind<Config, ConfigInspect, ApiConfigSpec> Configs = new()
    {
        Word = "config",
        AskedJson = EngineJson.Default.ConfigSpec,
        ViewJson = EngineJson.Default.ConfigInspect,
        ViewsJson = EngineJson.Default.IReadOnlyListConfigInspect,
        Query = ObjectFilters.Configs,
        View = ConfigView.Of,
        IsTemplate = asked => asked.Templating is not null,
        List = (control, query, stop) => control.ListConfigsAsync(query, stop),
        Find = ObjectLookup.ConfigAsync,
        Create = (control, asked, stop) => control.CreateConfigAsync(ConfigView.ToSpec(asked), stop),
        Update = (control, config, version, asked, stop) =>
            control.UpdateConfigAsync(config.Id, version, ConfigView.ToSpec(asked), stop),
        Remove = (control, config, stop) => control.RemoveConfigAsync(config.Id, stop),
    };
}
