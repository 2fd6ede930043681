using Skep.Swarm.Objects;

namespace Skep.Swarm.ServiceLogs;

/// <summary>Whose logs are wanted: those of every task that any part of it names.</summary>
public sealed record LogSelector
{
    public ValueList<ServiceId> Services { get; init; }

    public ValueList<NodeId> Nodes { get; init; }

    public ValueList<TaskId> Tasks { get; init; }
}
