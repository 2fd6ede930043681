using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Logs = Skep.Swarm.ServiceLogs;

namespace Skep.Transport.Contracts;

/// <summary>What is asked of logs, and their lines.</summary>
public static class LogWire
{
    public static LogSelector ToWire(Logs.LogSelector record) => new()
    {
        ServiceIds = { record.Services.Select(static id => id.Value) },
        NodeIds = { record.Nodes.Select(static id => id.Value) },
        TaskIds = { record.Tasks.Select(static id => id.Value) },
    };

    public static Logs.LogSelector ToRecord(LogSelector wire) => new()
    {
        Services = ValueList.From(wire.ServiceIds.Select(static id => new ServiceId(id))),
        Nodes = ValueList.From(wire.NodeIds.Select(static id => new NodeId(id))),
        Tasks = ValueList.From(wire.TaskIds.Select(static id => new TaskId(id))),
    };

    public static LogSubscriptionOptions ToWire(LogQuery record) => new()
    {
        Streams = { record.Streams.Select(static origin => (LogStream)origin) },
        Follow = record.Follow,
        // The wire counts from the end with numbers below zero, one further than the lines: -1 is none of them.
        Tail = record.Last is { } last ? -last - 1 : 0,
        Since = PlainWire.ToWire(record.Since),
    };

    /// <summary>
    /// A positive tail leaves lines out at the beginning. Neither Docker nor we ask for that, and it reads as all.
    /// </summary>
    public static LogQuery ToRecord(LogSubscriptionOptions? wire) => wire is null ? new() : new()
    {
        Streams = ValueList.From(wire.Streams.Select(static stream => (LogOrigin)stream)),
        Follow = wire.Follow,
        Last = wire.Tail < 0 ? -(wire.Tail + 1) : null,
        Since = PlainWire.ToRecord(wire.Since),
    };

    public static LogMessage ToWire(SwarmLogLine record) => new()
    {
        Context = new()
        {
            ServiceId = record.ServiceId.Value,
            NodeId = record.NodeId.Value,
            TaskId = record.TaskId.Value,
        },
        Timestamp = PlainWire.ToWire(record.Time),
        Stream = (LogStream)record.Origin,
        Data = PlainWire.ToWire(record.Data),
        Attrs = { record.Details.Select(static detail => new LogAttr { Key = detail.Key, Value = detail.Value }) },
    };

    public static SwarmLogLine ToRecord(LogMessage wire) => new()
    {
        ServiceId = new(wire.Context?.ServiceId ?? ""),
        NodeId = new(wire.Context?.NodeId ?? ""),
        TaskId = new(wire.Context?.TaskId ?? ""),
        Time = PlainWire.ToRecord(wire.Timestamp),
        Origin = (LogOrigin)wire.Stream,
        Data = PlainWire.ToRecord(wire.Data),
        Details = ValueList.From(wire.Attrs.Select(static detail => (detail.Key, detail.Value))),
    };
}
