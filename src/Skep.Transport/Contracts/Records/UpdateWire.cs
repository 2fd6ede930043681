using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>How updates go, between record and wire.</summary>
public static class UpdateWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static UpdateConfig? ToWire(Objects.UpdateConfig? record) => record is null ? null : new()
    {
        Parallelism = record.Parallelism,
        Delay = CommonWire.ToWire(record.Delay),
        FailureAction = (UpdateConfig.Types.FailureAction)record.FailureAction,
        Monitor = CommonWire.ToWire(record.Monitor),
        MaxFailureRatio = record.MaxFailureRatio,
        Order = (UpdateConfig.Types.UpdateOrder)record.Order,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.UpdateConfig? ToRecord(UpdateConfig? wire) => wire is null ? null : new()
    {
        Parallelism = wire.Parallelism,
        Delay = CommonWire.ToRecord(wire.Delay) ?? default,
        FailureAction = (Objects.UpdateFailureAction)wire.FailureAction,
        Monitor = CommonWire.ToRecord(wire.Monitor),
        MaxFailureRatio = wire.MaxFailureRatio,
        Order = (Objects.UpdateOrder)wire.Order,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static UpdateStatus? ToWire(Objects.UpdateStatus? record) => record is null ? null : new()
    {
        State = (UpdateStatus.Types.UpdateState)record.State,
        StartedAt = CommonWire.ToWire(record.StartedAt),
        CompletedAt = CommonWire.ToWire(record.CompletedAt),
        Message = record.Message,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.UpdateStatus? ToRecord(UpdateStatus? wire) => wire is null ? null : new()
    {
        State = (Objects.UpdateState)wire.State,
        StartedAt = CommonWire.ToRecord(wire.StartedAt),
        CompletedAt = CommonWire.ToRecord(wire.CompletedAt),
        Message = wire.Message,
    };
}
