using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Endpoints;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.SwarmMode;

namespace Skep.Engine.Machine;

/// <summary>What /info and the head of /_ping say of the swarm.</summary>
internal static class SwarmReport
{
    private const string TwoManagers =
        "WARNING: Running Swarm in a two-manager configuration. This configuration provides\n"
        + "         no fault tolerance, and poses a high risk to lose control over the cluster.\n"
        + "         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the\n"
        + "         Swarm for fault-tolerance.";

    /// <summary>The header "Swarm": the state, and the role of a node that is part of one.</summary>
    public static string Header(SwarmStatus status)
    {
        string state = Word(status.State);
        return status.State != LocalNodeState.Active ? state
            : status.ControlAvailable || status.IsManager ? state + "/manager"
            : state + "/worker";
    }

    public static async Task<InfoSwarm> InfoAsync(SwarmNode node, TimeProvider time, CancellationToken stop)
    {
        SwarmStatus status = node.Status;
        var info = new InfoSwarm
        {
            NodeId = status.NodeId,
            NodeAddr = status.Address,
            LocalNodeState = Word(status.State),
            ControlAvailable = status.ControlAvailable,
            Error = status.Error,
            RemoteManagers = status.RemoteManagers.Count == 0
                ? null
                : [.. status.RemoteManagers.Select(peer => new InfoPeer { NodeId = peer.NodeId, Addr = peer.Address })],
        };
        return status.ControlAvailable ? await WithClusterAsync(info, node, time, stop) : info;
    }

    // Who asks wants to know how this machine is: a swarm without a leader is part of the answer, not its end.
    private static async Task<InfoSwarm> WithClusterAsync(
        InfoSwarm info, SwarmNode node, TimeProvider time, CancellationToken stop)
    {
        using var expiry = new CancellationTokenSource(SwarmLimits.Request, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, expiry.Token);
        try
        {
            ISwarmControl control = node.Control;
            Cluster cluster = await SwarmRequests.ClusterAsync(control, either.Token);
            IReadOnlyList<Node> nodes = await control.ListNodesAsync(ObjectQuery.All, either.Token);
            int managers = nodes.Count(one => one.ManagerStatus is not null);
            return info with
            {
                Cluster = SwarmView.InfoOf(cluster),
                Nodes = nodes.Count,
                Managers = managers,
                Warnings = managers == 2 ? [TwoManagers] : null,
            };
        }
        catch (RefusedException refused)
        {
            return info with { Error = refused.Message };
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return info with { Error = "rpc error: code = DeadlineExceeded desc = context deadline exceeded" };
        }
    }

    private static string Word(LocalNodeState state) => state.ToString().ToLowerInvariant();
}
