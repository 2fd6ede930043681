using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;

namespace Skep.Manager.Control;

// Secrets and configs.
public sealed partial class ControlService
{
    private void MapSecrets(RpcRoutes routes) => routes
        .Unary(Methods.GetSecret, RpcAccess.Manager, (request, _, stop) => GetAsync(request, stop))
        .Unary(Methods.ListSecrets, RpcAccess.Manager, (request, _, stop) => ListAsync(request, stop))
        .Unary(Methods.CreateSecret, RpcAccess.Manager, (request, _, stop) => CreateAsync(request, stop))
        .Unary(Methods.UpdateSecret, RpcAccess.Manager, (request, _, stop) => UpdateAsync(request, stop))
        .Unary(Methods.RemoveSecret, RpcAccess.Manager, (request, _, stop) => RemoveAsync(request, stop))
        .Unary(Methods.GetConfig, RpcAccess.Manager, (request, _, stop) => GetAsync(request, stop))
        .Unary(Methods.ListConfigs, RpcAccess.Manager, (request, _, stop) => ListAsync(request, stop))
        .Unary(Methods.CreateConfig, RpcAccess.Manager, (request, _, stop) => CreateAsync(request, stop))
        .Unary(Methods.UpdateConfig, RpcAccess.Manager, (request, _, stop) => UpdateAsync(request, stop))
        .Unary(Methods.RemoveConfig, RpcAccess.Manager, (request, _, stop) => RemoveAsync(request, stop));

    private async Task<GetSecretResponse> GetAsync(GetSecretRequest request, CancellationToken stop) =>
        new() { Secret = SecretWire.ToWire(await control.GetSecretAsync(new(request.SecretId), stop)) };

    private async Task<ListSecretsResponse> ListAsync(ListSecretsRequest request, CancellationToken stop)
    {
        var found = await control.ListSecretsAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Secrets = { found.Select(secret => SecretWire.ToWire(secret)) } };
    }

    private async Task<CreateSecretResponse> CreateAsync(CreateSecretRequest request, CancellationToken stop)
    {
        var spec = Given(SecretWire.ToRecord(request.Spec));
        return new() { Secret = SecretWire.ToWire(await control.CreateSecretAsync(spec, stop)) };
    }

    private async Task<UpdateSecretResponse> UpdateAsync(UpdateSecretRequest request, CancellationToken stop)
    {
        var secret = await control.UpdateSecretAsync(
            new(request.SecretId), Given(request.SecretVersion), Given(SecretWire.ToRecord(request.Spec)), stop);
        return new() { Secret = SecretWire.ToWire(secret) };
    }

    private async Task<RemoveSecretResponse> RemoveAsync(RemoveSecretRequest request, CancellationToken stop)
    {
        await control.RemoveSecretAsync(new(request.SecretId), stop);
        return new();
    }

    private async Task<GetConfigResponse> GetAsync(GetConfigRequest request, CancellationToken stop) =>
        new() { Config = SecretWire.ToWire(await control.GetConfigAsync(new(request.ConfigId), stop)) };

    private async Task<ListConfigsResponse> ListAsync(ListConfigsRequest request, CancellationToken stop)
    {
        var found = await control.ListConfigsAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Configs = { found.Select(config => SecretWire.ToWire(config)) } };
    }

    private async Task<CreateConfigResponse> CreateAsync(CreateConfigRequest request, CancellationToken stop)
    {
        var spec = Given(SecretWire.ToRecord(request.Spec));
        return new() { Config = SecretWire.ToWire(await control.CreateConfigAsync(spec, stop)) };
    }

    private async Task<UpdateConfigResponse> UpdateAsync(UpdateConfigRequest request, CancellationToken stop)
    {
        var config = await control.UpdateConfigAsync(
            new(request.ConfigId), Given(request.ConfigVersion), Given(SecretWire.ToRecord(request.Spec)), stop);
        return new() { Config = SecretWire.ToWire(config) };
    }

    private async Task<RemoveConfigResponse> RemoveAsync(RemoveConfigRequest request, CancellationToken stop)
    {
        await control.RemoveConfigAsync(new(request.ConfigId), stop);
        return new();
    }
}
