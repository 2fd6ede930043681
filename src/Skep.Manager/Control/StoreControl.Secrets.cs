using Skep.Swarm;
using Skep.Swarm.Configs;
using Skep.Swarm.Objects;
using Skep.Swarm.Secrets;
using Skep.Swarm.Store;

namespace Skep.Manager.Control;

public sealed partial class StoreControl
{
    public async Task<Secret> GetSecretAsync(SecretId id, CancellationToken stop) =>
        SecretChanges.Get(await store.ReadAsync(stop), id);

    public async Task<IReadOnlyList<Secret>> ListSecretsAsync(ObjectQuery query, CancellationToken stop) =>
        SecretChanges.List(await store.ReadAsync(stop), query);

    public Task<Secret> CreateSecretAsync(SecretSpec spec, CancellationToken stop) =>
        store.UpdateAsync(change => SecretChanges.Create(change, spec, ids), stop);

    public Task<Secret> UpdateSecretAsync(
        SecretId id, ObjectVersion version, SecretSpec spec, CancellationToken stop) =>
        store.UpdateAsync(change => SecretChanges.Update(change, id, version, spec), stop);

    public Task RemoveSecretAsync(SecretId id, CancellationToken stop) =>
        store.UpdateAsync(change => SecretChanges.Remove(change, id), stop);

    public async Task<Config> GetConfigAsync(ConfigId id, CancellationToken stop) =>
        ConfigChanges.Get(await store.ReadAsync(stop), id);

    public async Task<IReadOnlyList<Config>> ListConfigsAsync(ObjectQuery query, CancellationToken stop) =>
        ConfigChanges.List(await store.ReadAsync(stop), query);

    public Task<Config> CreateConfigAsync(ConfigSpec spec, CancellationToken stop) =>
        store.UpdateAsync(change => ConfigChanges.Create(change, spec, ids), stop);

    public Task<Config> UpdateConfigAsync(
        ConfigId id, ObjectVersion version, ConfigSpec spec, CancellationToken stop) =>
        store.UpdateAsync(change => ConfigChanges.Update(change, id, version, spec), stop);

    public Task RemoveConfigAsync(ConfigId id, CancellationToken stop) =>
        store.UpdateAsync(change => ConfigChanges.Remove(change, id), stop);
}
