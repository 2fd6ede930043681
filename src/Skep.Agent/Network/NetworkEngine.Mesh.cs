using Skep.Agent.Network.MeshRouting;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>What a container gets on the swarm's networks beside links: services' addresses and the mesh.</content>
public sealed partial class NetworkEngine
{
    /// <summary>The endpoint that calls to published ports come to; null: the container has none.</summary>
    private EndpointRecord? FindOnMesh(SandboxRecord sandbox) =>
        sandbox.Endpoints.FirstOrDefault(e => networks.GetValueOrDefault(e.NetworkId)?.IsIngress == true);

    private static MeshPlace PlaceOf(EndpointRecord endpoint, NetworkRecord network) => new(
        endpoint.InnerLink,
        endpoint.Mac,
        [
            .. endpoint.Addresses().Select(address =>
            {
                SubnetRecord subnet = network.SubnetOf(address)!;
                return new MeshAddress(address, subnet.Range.PrefixBits, subnet.Gateway);
            }),
        ]);

    /// <summary>To be called whenever a container's default route is new.</summary>
    private void LeadDatagrams_NeedsLock(SandboxRecord sandbox)
    {
        if (FindOnMesh(sandbox) is { } endpoint)
        {
            MeshLinks.LeadDatagrams(
                files.NamespaceOf(sandbox.Request.ContainerId), PlaceOf(endpoint, NetworkOf(endpoint.NetworkId)));
        }
    }

    /// <summary>Services' addresses on the networks that the container is on lead to their tasks.</summary>
    private async Task OpenServicesAsync(SandboxRecord sandbox, CancellationToken stop)
    {
        string containerId = sandbox.Request.ContainerId;
        NetworkId[] overlays =
        [
            .. sandbox.Endpoints
                .Where(e => networks.GetValueOrDefault(e.NetworkId) is { IsOverlay: true, IsIngress: false })
                .Select(e => new NetworkId(e.NetworkId)),
        ];
        if (overlays.Length > 0)
        {
            await path.Addresses.OpenAsync(containerId, files.NamespaceOf(containerId), overlays, stop);
        }
        else
        {
            await path.Addresses.CloseAsync(containerId, stop);
        }
    }
}
