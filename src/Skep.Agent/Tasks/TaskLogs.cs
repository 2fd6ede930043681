using Skep.Agent.Logs;
using Skep.Agent.Streams;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using EngineQuery = Skep.Agent.Logs.LogQuery;
using LogQuery = Skep.Swarm.ServiceLogs.LogQuery;

namespace Skep.Agent.Tasks;

/// <summary>Logs between the swarm's words and the engine's. Pure.</summary>
internal static class TaskLogs
{
    public static EngineQuery ToEngine(LogQuery query)
    {
        bool isAll = query.Streams.IsEmpty;
        return new EngineQuery(
            Stdout: isAll || query.Streams.Contains(LogOrigin.Stdout),
            Stderr: isAll || query.Streams.Contains(LogOrigin.Stderr),
            query.Follow,
            query.Since?.ToDateTimeOffset(),
            Until: null,
            query.Last is { } last ? (int)Math.Min(last, int.MaxValue) : null);
    }

    public static SwarmLogLine ToSwarm(SwarmTask task, LogLine line) => new()
    {
        ServiceId = task.ServiceId,
        NodeId = task.NodeId,
        TaskId = task.Id,
        Time = SwarmTime.From(line.Time),
        Origin = line.Stream == StreamKind.Stderr ? LogOrigin.Stderr : LogOrigin.Stdout,
        Data = Bytes.Owning(line.Text),
        Details = [.. (line.Attributes ?? new Dictionary<string, string>())
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => (pair.Key, pair.Value))],
    };
}
