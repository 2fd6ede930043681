using Skep.Agent.Network.Balancing;
using Skep.Linux;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.MeshRouting;

/// <content>What happens most often: tasks come and go.</content>
public sealed partial class Mesh
{
    /// <summary>Tasks come and go between nodes that stay as they are: this costs what it changes.</summary>
    private void ApplyTasks_NeedsLock(NetworkStep step)
    {
        HashSet<MeshRoute> going = [], coming = [];
        foreach ((EndpointFacts? old, EndpointFacts? now) in step.Endpoints())
        {
            going.UnionWith(MeshWay.ToTask(step.Before, old));
            coming.UnionWith(MeshWay.ToTask(step.After, now));
        }

        // No address is two tasks' at a time. A route that is replaced need not be removed.
        var replaced = coming.Select(r => r.Destination).ToHashSet();
        HashSet<MeshRoute> over = [.. going.Where(r => !coming.Contains(r))];
        MoveRoutes_NeedsLock([], [.. coming.Where(r => !way.Routes.Contains(r))]);
        BalanceStep targets;
        if (step.IsAboutPorts)
        {
            ports = state.Ports.Values.ToLookup(port => port.Service);
            targets = balance.MoveTo(MeshPorts.Of(state));
        }
        else
        {
            targets = MeshPorts.Moves(step, ports) is { } moves
                ? balance.Move(moves)
                : balance.MoveTo(MeshPorts.Of(state));
        }

        ApplyTable_NeedsLock(step.IsAboutPorts ? MeshFacts.Of(state) : facts!, targets);
        MoveRoutes_NeedsLock([.. over.Where(r => !replaced.Contains(r.Destination))], []);
        way.Routes.ExceptWith(over);
    }

    private void MoveRoutes_NeedsLock(HashSet<MeshRoute> going, HashSet<MeshRoute> coming)
    {
        if (going.Count + coming.Count == 0)
        {
            return;
        }

        try
        {
            kernel!.Move(way with { Routes = going }, way with { Routes = coming });
            way.Routes.ExceptWith(going);
            way.Routes.UnionWith(coming);
        }
        catch (ErrnoException)
        {
            // The kernel does not have what we remember.
            Move_NeedsLock(way with { Routes = [.. way.Routes.Except(going).Union(coming)] });
        }
    }
}
