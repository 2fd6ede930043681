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
        Delay = PlainWire.ToWire(record.Delay),
        FailureAction = (UpdateConfig.Types.FailureAction)record.FailureAction,
        Monitor = PlainWire.ToWire(record.Monitor),
        MaxFailureRatio = record.MaxFailureRatio,
        Order = (UpdateConfig.Types.UpdateOrder)record.Order,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.UpdateConfig? ToRecord(UpdateConfig? wire) => wire is null ? null : new()
    {
        Parallelism = wire.Parallelism,
        Delay = PlainWire.ToRecord(wire.Delay) ?? default,
        FailureAction = (Objects.UpdateFailureAction)wire.FailureAction,
        Monitor = PlainWire.ToRecord(wire.Monitor),
        MaxFailureRatio = wire.MaxFailureRatio,
        Order = (Objects.UpdateOrder)wire.Order,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static UpdateStatus? ToWire(Objects.UpdateStatus? record) => record is null ? null : new()
    {
        State = (UpdateStatus.Types.UpdateState)record.State,
        StartedAt = PlainWire.ToWire(record.StartedAt),
        CompletedAt = PlainWire.ToWire(record.CompletedAt),
        Message = record.Message,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.UpdateStatus? ToRecord(UpdateStatus? wire) => wire is null ? null : new()
    {
        State = (Objects.UpdateState)wire.State,
        StartedAt = PlainWire.ToRecord(wire.StartedAt),
        CompletedAt = PlainWire.ToRecord(wire.CompletedAt),
        Message = wire.Message,
    };
}
