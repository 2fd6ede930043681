using System.Net;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Balancing;

/// <summary>Which virtual addresses lead to which tasks, from what is known of the networks. Pure.</summary>
internal static class VipWish
{
    public static Dictionary<BalanceKey, List<BalanceTarget>> Of(NetworkState state)
    {
        var wanted = new Dictionary<BalanceKey, List<BalanceTarget>>();
        var keys = new Dictionary<(NetworkId, ServiceId), List<BalanceKey>>();
        foreach (ServiceFacts service in state.Services.Values)
        {
            var own = new List<BalanceKey>();
            foreach (string text in service.VirtualAddresses)
            {
                if (IPAddress.TryParse(text, out IPAddress? address))
                {
                    var key = BalanceKey.OfAddress(service.Network, address);
                    wanted[key] = [];
                    own.Add(key);
                }
            }

            keys[(service.Network, service.Id)] = own;
        }

        foreach (EndpointFacts endpoint in state.Endpoints.Values)
        {
            if (!endpoint.IsServing
                || !keys.TryGetValue((endpoint.Network, endpoint.Service), out List<BalanceKey>? own))
            {
                continue;
            }

            foreach (string text in endpoint.Addresses)
            {
                if (own.Count == 0 || !IPAddress.TryParse(text, out IPAddress? address))
                {
                    continue;
                }

                foreach (BalanceKey key in own.Where(key => key.Family == address.AddressFamily))
                {
                    wanted[key].Add(new BalanceTarget(address, 0));
                }
            }
        }

        return wanted;
    }
}
