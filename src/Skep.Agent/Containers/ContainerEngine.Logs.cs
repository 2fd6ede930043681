using System.Text;
using Skep.Agent.Logs;
using Skep.Agent.Streams;
using Skep.Swarm;

namespace Skep.Agent.Containers;

public sealed partial class ContainerEngine
{
    /// <summary>Whether the container's output is raw (a terminal's) or multiplexed.</summary>
    public bool HasTerminal(string idOrName) => Find(idOrName).Record.Config.Tty;

    /// <summary>Writes a container's log to a client, and goes on if it is followed.</summary>
    /// <param name="begin">Starts the answer: called after everything that can be refused was looked at.</param>
    public async Task LogsAsync(
        string idOrName, LogQuery query, Func<CancellationToken, Task<Stream>> begin, CancellationToken stop)
    {
        Container container = Find(idOrName);
        ContainerRecord record = container.Record;
        if (!query.Stdout && !query.Stderr)
        {
            throw new RefusedException(
                ErrorKind.Invalid, "Bad parameters: you must choose at least one stream");
        }

        if (record.HostConfig.LogConfig.Type == "none")
        {
            throw new RefusedException(
                ErrorKind.Unsupported, "configured logging driver does not support reading");
        }

        Stream client = await begin(stop);
        var output = new ClientOutput(client, isMultiplexed: !record.Config.Tty);
        JsonFileLog? log = container.Log;
        await foreach (LogLine line in LogReader.ReadAsync(store.LogPathOf(record.Id), log, query, stop))
        {
            await output.WriteAsync(line.Stream, Decorate(line, query), stop);
        }
    }

    private static byte[] Decorate(LogLine line, LogQuery query)
    {
        if (!query.Timestamps && !query.Details)
        {
            return line.Text;
        }

        var prefix = new StringBuilder();
        if (query.Timestamps)
        {
            // Always nine digits, so that lines stay aligned.
            prefix.Append(line.Time.UtcDateTime.ToString(
                "yyyy-MM-ddTHH:mm:ss.fffffff", System.Globalization.CultureInfo.InvariantCulture)).Append("00Z ");
        }

        if (query.Details)
        {
            prefix.AppendJoin(
                ',', (line.Attributes ?? new Dictionary<string, string>())
                    .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
            prefix.Append(' ');
        }

        return [.. Encoding.UTF8.GetBytes(prefix.ToString()), .. line.Text];
    }
}
