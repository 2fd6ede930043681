using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Balancing;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>Which published port leads to which tasks, from what is known of the networks. Pure.</summary>
internal static class MeshPorts
{
    public const byte Tcp = 6, Udp = 17, Sctp = 132;

    public static byte NumberOf(PortProtocol protocol) => protocol switch
    {
        PortProtocol.Tcp => Tcp,
        PortProtocol.Udp => Udp,
        _ => Sctp,
    };

    /// <returns>A port whose service has no task that serves is not among them: nobody answers it.</returns>
    public static Dictionary<BalanceKey, List<BalanceTarget>> Of(NetworkState state)
    {
        var wanted = new Dictionary<BalanceKey, List<BalanceTarget>>();
        if (MeshPeer.IngressOf(state) is not { } ingress || MeshPeer.SelfOf(state) is null)
        {
            return wanted;
        }

        ILookup<ServiceId, EndpointFacts> serving = state.Endpoints.Values
            .Where(e => e.Network == ingress.Id && e.IsServing && e.Service.Value is { Length: > 0 })
            .ToLookup(e => e.Service);
        foreach (PublishedPortFacts port in state.Ports.Values)
        {
            EndpointFacts[] tasks = [.. serving[port.Service]];
            EndpointFacts[] local = port.PrefersLocal ? [.. tasks.Where(e => e.Node == state.Self)] : [];
            foreach (EndpointFacts task in local.Length > 0 ? local : tasks)
            {
                foreach (IPAddress address in MeshPeer.AddressesOf(task))
                {
                    Add(wanted, port, address);
                }
            }
        }

        return wanted;
    }

    private static void Add(
        Dictionary<BalanceKey, List<BalanceTarget>> wanted, PublishedPortFacts port, IPAddress address)
    {
        BalanceKey key = BalanceKey.OfPort(address.AddressFamily, NumberOf(port.Protocol), (int)port.PublishedPort);
        if (!wanted.TryGetValue(key, out List<BalanceTarget>? targets))
        {
            wanted.Add(key, targets = []);
        }

        targets.Add(new BalanceTarget(address, (int)port.TargetPort));
    }
}
