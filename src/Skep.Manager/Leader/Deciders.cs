using System.Collections.Immutable;
using System.Security.Cryptography;
using Skep.Swarm.Allocation;
using Skep.Swarm.Clusters;
using Skep.Swarm.Decisions;
using Skep.Swarm.Enforcement;
using Skep.Swarm.Networking;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;
using Skep.Swarm.Reaping;
using Skep.Swarm.Scheduling;
using Skep.Transport.Identity;

namespace Skep.Manager.Leader;

/// <summary>
/// Every decision a leader makes, in the order in which one builds on another. Roles come before all.
/// </summary>
public static class Deciders
{
    /// <param name="aside">Services to be left out, for as long as it says so.</param>
    public static ImmutableArray<Decider> All(ServicesAside aside) =>
    [
        new NetworkKeys(RandomNumberGenerator.Fill).Decide,
        new RootRotations(NewTokens).Decide,
        .. OfServices(aside),
    ];

    /// <summary>
    /// Those that make networks and that make, place, replace and end tasks, with nothing remembered yet.
    /// </summary>
    internal static ImmutableArray<Decider> OfServices(ServicesAside aside)
    {
        var addresses = new AddressBook();
        return
        [
            new LocalNetworks().Decide,
            new NetworkAllocation().Decide,
            new ServiceEndpoints(addresses).Decide,
            new ConstraintEnforcer().Decide,
            new Orchestrators(aside).Decide,
            new TaskAllocation(addresses).Decide,
            new Scheduler().Decide,
            new Reaper().Decide,
            new LostTasks().Decide,
            new PeerUpkeep().Decide,
        ];
    }

    internal static (string Digest, JoinTokens Tokens) NewTokens(Bytes root)
    {
        var digest = RootDigest.Of(root.Span);
        return (
            digest.ToString(),
            new JoinTokens { Worker = JoinToken.New(digest).Text, Manager = JoinToken.New(digest).Text });
    }
}
