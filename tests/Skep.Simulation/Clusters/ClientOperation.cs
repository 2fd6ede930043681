using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Simulation.Clusters;

/// <summary>One read or write of one register by a client, from its call to its answer.</summary>
internal sealed class ClientOperation
{
    public required long Number { get; init; }

    public required string Register { get; init; }

    /// <summary>The newest version that anybody had been answered with when this was called.</summary>
    public required ulong Floor { get; init; }

    /// <summary>Null: it reads.</summary>
    public StartedWrite<Config>? Write { get; init; }

    public PendingRead? Read { get; init; }

    public bool IsAnswered => Write is not null ? Write.Waits!.Outcome.IsCompleted : Read!.Outcome.IsCompleted;

    public RefusedException? Refusal =>
        (Write is not null ? Write.Waits!.Outcome.Exception : Read!.Outcome.Exception)?.InnerException
            as RefusedException;
}
