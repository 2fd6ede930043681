using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;

namespace Skep.Manager.Control;

// Networks.
public sealed partial class ControlService
{
    private void MapNetworks(RpcRoutes routes) => routes
        .Unary(Methods.GetNetwork, RpcAccess.Manager, (request, _, stop) => GetAsync(request, stop))
        .Unary(Methods.ListNetworks, RpcAccess.Manager, (request, _, stop) => ListAsync(request, stop))
        .Unary(Methods.CreateNetwork, RpcAccess.Manager, (request, _, stop) => CreateAsync(request, stop))
        .Unary(Methods.RemoveNetwork, RpcAccess.Manager, (request, _, stop) => RemoveAsync(request, stop));

    private async Task<GetNetworkResponse> GetAsync(GetNetworkRequest request, CancellationToken stop) =>
        new() { Network = NetworkWire.ToWire(await control.GetNetworkAsync(new(request.NetworkId), stop)) };

    private async Task<ListNetworksResponse> ListAsync(ListNetworksRequest request, CancellationToken stop)
    {
        var found = await control.ListNetworksAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Networks = { found.Select(network => NetworkWire.ToWire(network)) } };
    }

    private async Task<CreateNetworkResponse> CreateAsync(CreateNetworkRequest request, CancellationToken stop)
    {
        var spec = Given(NetworkWire.ToRecord(request.Spec));
        return new() { Network = NetworkWire.ToWire(await control.CreateNetworkAsync(spec, stop)) };
    }

    private async Task<RemoveNetworkResponse> RemoveAsync(RemoveNetworkRequest request, CancellationToken stop)
    {
        await control.RemoveNetworkAsync(new(request.NetworkId), stop);
        return new();
    }
}
