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
            .Where(e => IsServing(e, ingress)).ToLookup(e => e.Service);
        foreach (PublishedPortFacts port in state.Ports.Values)
        {
            EndpointFacts[] tasks = [.. serving[port.Service]];
            EndpointFacts[] local = port.PrefersLocal ? [.. tasks.Where(e => e.Node == state.Self)] : [];

            // Own tasks come first unless they are to get nothing and others are not.
            bool isLocal = local.Any(e => e.Weight > 0) || (local.Length > 0 && tasks.All(e => e.Weight == 0));
            foreach (EndpointFacts task in isLocal ? local : tasks)
            {
                foreach ((BalanceKey key, BalanceTarget target) in TargetsOf(port, task))
                {
                    if (!wanted.TryGetValue(key, out List<BalanceTarget>? targets))
                    {
                        wanted.Add(key, targets = []);
                    }

                    targets.Add(target);
                }
            }
        }

        return wanted;
    }

    /// <summary>What endpoints that come and go change, where ports and nodes are what they were.</summary>
    /// <param name="ports">All published ports, by service.</param>
    /// <returns>Null: somebody's local tasks come first, so only a look at all of them tells.</returns>
    public static Dictionary<BalanceKey, BalanceMove>? Moves(
        NetworkStep step, ILookup<ServiceId, PublishedPortFacts> ports)
    {
        var moves = new Dictionary<BalanceKey, BalanceMove>();
        if (MeshPeer.IngressOf(step.After) is not { } ingress || MeshPeer.SelfOf(step.After) is null)
        {
            return moves;
        }

        foreach ((EndpointFacts? old, EndpointFacts? now) in step.Endpoints())
        {
            foreach ((EndpointFacts? task, bool isComing) in new[] { (old, false), (now, true) })
            {
                if (task is null || !IsServing(task, ingress))
                {
                    continue;
                }

                foreach (PublishedPortFacts port in ports[task.Service])
                {
                    if (port.PrefersLocal)
                    {
                        return null;
                    }

                    foreach ((BalanceKey key, BalanceTarget target) in TargetsOf(port, task))
                    {
                        BalanceMove move = BalanceMove.At(moves, key);
                        (isComing ? move.Coming : move.Going).Add(target);
                    }
                }
            }
        }

        return moves;
    }

    private static bool IsServing(EndpointFacts endpoint, NetworkFacts ingress) =>
        endpoint.Network == ingress.Id && endpoint.IsServing && endpoint.Service.Value is { Length: > 0 };

    private static IEnumerable<(BalanceKey Key, BalanceTarget Target)> TargetsOf(
        PublishedPortFacts port, EndpointFacts task) => MeshPeer.AddressesOf(task).Select(address => (
            BalanceKey.OfPort(address.AddressFamily, NumberOf(port.Protocol), (int)port.PublishedPort),
            new BalanceTarget(address, (int)port.TargetPort, task.Weight)));
}
