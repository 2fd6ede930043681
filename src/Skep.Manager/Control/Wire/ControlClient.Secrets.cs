using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Config = Skep.Swarm.Objects.Config;
using ConfigSpec = Skep.Swarm.Objects.ConfigSpec;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;
using Secret = Skep.Swarm.Objects.Secret;
using SecretSpec = Skep.Swarm.Objects.SecretSpec;

namespace Skep.Manager.Control;

// Secrets and configs.
internal sealed partial class ControlClient
{
    public async Task<Secret> GetSecretAsync(SecretId id, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.GetSecret, new GetSecretRequest { SecretId = id.Value }, stop);
        return SecretWire.ToRecord(answer.Secret) ?? throw Missing();
    }

    public async Task<IReadOnlyList<Secret>> ListSecretsAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListSecrets, QueryWire.ToSecrets(query), stop);
        return [.. answer.Secrets.Select(secret => SecretWire.ToRecord(secret))];
    }

    public async Task<Secret> CreateSecretAsync(SecretSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.CreateSecret, new CreateSecretRequest { Spec = SecretWire.ToWire(spec) }, stop);
        return SecretWire.ToRecord(answer.Secret) ?? throw Missing();
    }

    public async Task<Secret> UpdateSecretAsync(
        SecretId id, ObjectVersion version, SecretSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.UpdateSecret,
            new UpdateSecretRequest
            {
                SecretId = id.Value,
                SecretVersion = PlainWire.ToWire(version),
                Spec = SecretWire.ToWire(spec),
            },
            stop);
        return SecretWire.ToRecord(answer.Secret) ?? throw Missing();
    }

    public Task RemoveSecretAsync(SecretId id, CancellationToken stop) => leader.CallAsync(
        Methods.RemoveSecret, new RemoveSecretRequest { SecretId = id.Value }, stop);

    public async Task<Config> GetConfigAsync(ConfigId id, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.GetConfig, new GetConfigRequest { ConfigId = id.Value }, stop);
        return SecretWire.ToRecord(answer.Config) ?? throw Missing();
    }

    public async Task<IReadOnlyList<Config>> ListConfigsAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListConfigs, QueryWire.ToConfigs(query), stop);
        return [.. answer.Configs.Select(config => SecretWire.ToRecord(config))];
    }

    public async Task<Config> CreateConfigAsync(ConfigSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.CreateConfig, new CreateConfigRequest { Spec = SecretWire.ToWire(spec) }, stop);
        return SecretWire.ToRecord(answer.Config) ?? throw Missing();
    }

    public async Task<Config> UpdateConfigAsync(
        ConfigId id, ObjectVersion version, ConfigSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.UpdateConfig,
            new UpdateConfigRequest
            {
                ConfigId = id.Value,
                ConfigVersion = PlainWire.ToWire(version),
                Spec = SecretWire.ToWire(spec),
            },
            stop);
        return SecretWire.ToRecord(answer.Config) ?? throw Missing();
    }

    public Task RemoveConfigAsync(ConfigId id, CancellationToken stop) => leader.CallAsync(
        Methods.RemoveConfig, new RemoveConfigRequest { ConfigId = id.Value }, stop);
}
