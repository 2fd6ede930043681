using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>Networks that every node has of its own, so that nothing of them is shared.</summary>
/// <remarks>
/// A service on <c>host</c> or <c>bridge</c> is attached to the network of that name on each task's own node. The
/// swarm has an object for both, as SwarmKit does (manager.go, newPredefinedNetwork), for its tasks to name.
/// </remarks>
public sealed class LocalNetworks
{
    /// <summary>Marks networks that the swarm made by itself and that nobody can remove.</summary>
    public const string PredefinedLabel = "com.docker.swarm.predefined";

    /// <summary>Name and driver are the same word.</summary>
    private static readonly string[] Predefined = ["bridge", "host"];

    /// <summary>Drivers whose networks need nothing from the swarm (moby cnmallocator, localDrivers).</summary>
    private static readonly string[] LocalDrivers = ["bridge", "host", "ipvlan", "macvlan"];

    private StoreSnapshot last = StoreSnapshot.Empty;
    private bool isSettled;

    public static bool IsLocal(SwarmNetwork network) => IsLocal(network.Spec.DriverConfig?.Name);

    public static bool IsLocal(string? driver) => LocalDrivers.Contains(driver, StringComparer.Ordinal);

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        if (cluster.Cluster is null)
        {
            return Plan.Nothing;
        }
        isSettled &= cluster.NetworksSince(last).Count == 0;
        last = cluster;
        if (isSettled)
        {
            return Plan.Nothing;
        }
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (string name in Predefined)
        {
            if (cluster.Networks.Named(name) is null)
            {
                changes.Add(Change.Create(Allocated(New(name, ids))));
            }
        }
        foreach (SwarmNetwork network in cluster.Networks.All)
        {
            if (IsLocal(network) && network.DriverState is null)
            {
                changes.Add(Change.Update(Allocated(network)));
            }
        }
        isSettled = changes.Count == 0;
        return new(changes.ToImmutable(), null);
    }

    private static SwarmNetwork New(string name, IdSource ids) => new()
    {
        Id = new(ids.NewObjectId()),
        Spec = new()
        {
            Annotations = new() { Name = name, Labels = ValueMap.Of((PredefinedLabel, "true")) },
            DriverConfig = new() { Name = name },
        },
    };

    /// <summary>Agents of old look for an address plan, even an empty one (moby cnmallocator, Allocate).</summary>
    private static SwarmNetwork Allocated(SwarmNetwork network) => network with
    {
        DriverState = new() { Name = network.Spec.DriverConfig!.Name },
        Ipam = new() { Driver = new() },
    };
}
