using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Manager.Dispatch;

/// <summary>What the dispatcher works with.</summary>
public sealed record DispatcherParts
{
    public required StoreAccess Store { get; init; }

    /// <summary>Where nodes find managers, all of them; must be cheap.</summary>
    public required Func<ImmutableArray<Peer>> Managers { get; init; }

    /// <summary>This manager's node.</summary>
    public required NodeId Self { get; init; }

    public required DispatchTimings Timings { get; init; }

    public required IdSource Ids { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}
