using System.Net;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Balancing;

/// <summary>Which virtual addresses lead to which tasks, from what is known of the networks. Pure.</summary>
internal static class VipWish
{
    /// <summary>What endpoints that come and go change, where services are what they were.</summary>
    public static Dictionary<BalanceKey, BalanceMove> Moves(NetworkStep step)
    {
        var moves = new Dictionary<BalanceKey, BalanceMove>();
        foreach ((EndpointFacts? old, EndpointFacts? now) in step.Endpoints())
        {
            foreach ((BalanceKey key, BalanceTarget target) in TargetsOf(step.Before, old))
            {
                BalanceMove.At(moves, key).Going.Add(target);
            }

            foreach ((BalanceKey key, BalanceTarget target) in TargetsOf(step.After, now))
            {
                BalanceMove.At(moves, key).Coming.Add(target);
            }
        }

        return moves;
    }

    public static Dictionary<BalanceKey, List<BalanceTarget>> Of(NetworkState state)
    {
        var wanted = new Dictionary<BalanceKey, List<BalanceTarget>>();
        foreach (BalanceKey key in state.Services.Values.SelectMany(KeysOf))
        {
            wanted[key] = [];
        }

        foreach ((BalanceKey key, BalanceTarget target) in state.Endpoints.Values.SelectMany(e => TargetsOf(state, e)))
        {
            wanted[key].Add(target);
        }

        return wanted;
    }

    private static IEnumerable<BalanceKey> KeysOf(ServiceFacts service) => AddressesIn(service.VirtualAddresses)
        .Select(address => BalanceKey.OfAddress(service.Network, address));

    private static IEnumerable<(BalanceKey Key, BalanceTarget Target)> TargetsOf(
        NetworkState state, EndpointFacts? endpoint) =>
        endpoint is { IsServing: true }
        && state.Services.TryGetValue((endpoint.Network, endpoint.Service), out ServiceFacts? service)
            ? AddressesIn(endpoint.Addresses).SelectMany(address => KeysOf(service)
                .Where(key => key.Family == address.AddressFamily)
                .Select(key => (key, new BalanceTarget(address, 0, endpoint.Weight))))
            : [];

    private static IEnumerable<IPAddress> AddressesIn(IEnumerable<string> texts) => texts
        .Select(text => IPAddress.TryParse(text, out IPAddress? address) ? address : null).OfType<IPAddress>();
}
