using System.Globalization;
using System.Text;
using Skep.Agent.Streams;
using Skep.Docker.Filters;
using Skep.Engine.Requests;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Engine.Endpoints;

/// <summary>What part of the logs of services and tasks somebody wants, and how the lines shall look.</summary>
internal sealed record ServiceLogRequest(LogQuery Query, bool WithTimes, bool WithDetails)
{
    private const string Prefix = "com.docker.swarm.";

    /// <exception cref="RefusedException">No stream, or no number or time where one must be.</exception>
    public static ServiceLogRequest Read(EngineRequest request, TimeProvider time)
    {
        var streams = new List<LogOrigin>();
        if (request.Flag("stdout"))
        {
            streams.Add(LogOrigin.Stdout);
        }

        if (request.Flag("stderr"))
        {
            streams.Add(LogOrigin.Stderr);
        }

        // Docker classifies this and a bad number as failures of its own; so must we, for its clients to see the same.
        if (streams.Count == 0)
        {
            throw new RefusedException(ErrorKind.Failed, "Bad parameters: you must choose at least one stream");
        }

        string since = request.Text("since");
        return new ServiceLogRequest(
            new LogQuery
            {
                Streams = [.. streams],
                Follow = request.Flag("follow"),
                Last = Tail(request.Text("tail")),
                Since = since.Length == 0 ? null : SwarmTime.From(Timestamps.Parse(since, time.GetUtcNow())),
            },
            request.Flag("timestamps"),
            request.Flag("details"));
    }

    /// <param name="services">Where the swarm is.</param>
    /// <param name="request">Who wants to read.</param>
    /// <param name="spec">Whether there is a terminal: then lines come as they are, else in Docker's frames.</param>
    /// <param name="selector">Whose lines.</param>
    public async Task AnswerAsync(EngineServices services, EngineRequest request, TaskSpec spec, LogSelector selector)
    {
        ContainerSpec container = spec.Container
            ?? throw new RefusedException(ErrorKind.Failed, "logs only supported on container tasks");
        ISwarmControl control = services.Swarm.Control;
        Stream client = await request.StartStreamAsync(request.OutputType(container.Tty));
        var output = new ClientOutput(client, isMultiplexed: !container.Tty);
        try
        {
            await foreach (SwarmLogLine line in control.SubscribeLogsAsync(selector, Query, request.Stop))
            {
                StreamKind kind = line.Origin == LogOrigin.Stderr ? StreamKind.Stderr : StreamKind.Stdout;
                await output.WriteAsync(kind, Decorate(line), request.Stop);
            }
        }
        catch (RefusedException refused)
        {
            // The head is out: what some nodes could not give is told where the lines are.
            await output.WriteAsync(
                StreamKind.SystemError,
                Encoding.UTF8.GetBytes($"Error grabbing logs: {refused.Message}\n"),
                request.Stop);
        }
    }

    internal ReadOnlyMemory<byte> Decorate(SwarmLogLine line)
    {
        if (!WithTimes && !WithDetails)
        {
            return line.Data.Memory;
        }

        var prefix = new StringBuilder();
        if (WithTimes)
        {
            // Always nine digits, so that lines stay aligned.
            SwarmTime time = line.Time ?? default;
            prefix.Append(new SwarmTime(time.Seconds, 0).ToDateTimeOffset().UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
            prefix.Append(CultureInfo.InvariantCulture, $".{time.Nanos:D9}Z ");
        }

        if (WithDetails)
        {
            prefix.AppendJoin(',', Details(line).Select(pair => $"{Escape(pair.Key)}={Escape(pair.Value)}"));
            prefix.Append(' ');
        }

        return (byte[])[.. Encoding.UTF8.GetBytes(prefix.ToString()), .. line.Data.Span];
    }

    // Where a line comes from is ours to say, whatever details it brought.
    private static SortedDictionary<string, string> Details(SwarmLogLine line)
    {
        var details = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in line.Details)
        {
            details[key] = value;
        }

        details[Prefix + "node.id"] = line.NodeId.Value;
        details[Prefix + "service.id"] = line.ServiceId.Value;
        details[Prefix + "task.id"] = line.TaskId.Value;
        return details;
    }

    // As Go escapes a part of a query.
    private static string Escape(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static long? Tail(string text)
    {
        if (text is "" or "all")
        {
            return null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        if (!long.TryParse(text, Style, CultureInfo.InvariantCulture, out long lines))
        {
            throw new RefusedException(ErrorKind.Failed, "tail value must be a positive integer or \"all\"");
        }

        return lines >= 0
            ? lines
            : throw new RefusedException(ErrorKind.Failed, "negative tail values not supported");
    }
}
