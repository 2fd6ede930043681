using System.Globalization;
using System.Net;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Containers;
using Skep.Cli.Grammar;

namespace Skep.Cli.Services;

/// <summary>docker service logs: those of all tasks of a service, or of one task.</summary>
internal static class ServiceLogsCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "logs", "[OPTIONS] SERVICE|TASK", "Fetch the logs of a service or task")
        {
            Count = WordCount.Exactly(1),
        };
        var details = command.Flag(Flags.Switch("details", null, "Show extra details provided to logs"));
        var follow = command.Flag(Flags.Switch("follow", 'f', "Follow log output"));
        var noResolve = command.Flag(Flags.Switch("no-resolve", null, "Do not map IDs to Names in output"));
        var noTaskIds = command.Flag(Flags.Switch("no-task-ids", null, "Do not include task IDs in output"));
        var noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Do not truncate output"));
        var raw = command.Flag(Flags.Switch("raw", null, "Do not neatly format logs"));
        var since = command.Flag(Flags.Text("since", null, $"Show logs since {LogsCommand.Example}"));
        var tail = command.Flag(Flags.Text(
            "tail", 'n', "Number of lines to show from the end of the logs", "all"));
        var timestamps = command.Flag(Flags.Switch("timestamps", 't', "Show timestamps"));
        return command.Does((call, stop) =>
        {
            bool isRaw = call.Get(raw);
            Query query = new Query().AddFlag("stdout", true).AddFlag("stderr", true)
                .Add("since", call.Get(since) is { Length: > 0 } text
                    ? LogsCommand.AsQuery(text, "since", call) : null)
                .AddFlag("timestamps", call.Get(timestamps)).AddFlag("follow", call.Get(follow))
                // Where a line comes from stands in its details.
                .AddFlag("details", call.Get(details) || !isRaw).Add("tail", call.Get(tail));
            TaskLogLines? lines = isRaw ? null : new TaskLogLines(call)
            {
                HasTimestamps = call.Get(timestamps),
                HasDetails = call.Get(details),
                HasTaskIds = !call.Get(noTaskIds),
                Truncates = !call.Get(noTrunc),
                Resolves = !call.Get(noResolve),
            };
            return ShowAsync(call, query, lines, stop);
        });
    }

    private static async Task<int> ShowAsync(
        Invocation call, Query query, TaskLogLines? lines, CancellationToken stop)
    {
        (string kind, JsonElement found) = await FindAsync(call, stop);
        bool isService = kind == "services";
        JsonElement task = isService ? found.Member("Spec").Member("TaskTemplate") : found.Member("Spec");
        bool isTerminal = task.Member("ContainerSpec").Flag("TTY");
        if (isTerminal && lines is not null)
        {
            throw new CommandFailedException("tty service logs only supported with --raw");
        }

        using HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Get, $"/{kind}/{Query.Escape(call.Words[0])}/logs{query}", null, stop);
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        if (isTerminal)
        {
            await body.CopyToAsync(call.Console.Output, stop);
        }
        else if (lines is null)
        {
            await StreamFrames.CopyAsync(body.ReadAsync, call.Console.Output, call.Console.Error, stop);
        }
        else
        {
            long slots = isService
                ? found.Member("Spec").Member("Mode").Member("Replicated").Number("Replicas")
                : found.Number("Slot");
            lines.SlotWidth = slots.ToString(CultureInfo.InvariantCulture).Length;
            await foreach ((byte stream, ReadOnlyMemory<byte> line) in StreamFrames.ReadAsync(body.ReadAsync, stop))
            {
                byte[] shown = await lines.FormatAsync(line, stop);
                (stream == 2 ? call.Console.Error : call.Console.Output).Write(shown);
            }
        }

        return 0;
    }

    // A service of that name, or else a task with that id.
    private static async Task<(string Kind, JsonElement Found)> FindAsync(Invocation call, CancellationToken stop)
    {
        string name = call.Words[0];
        try
        {
            return ("services", await call.Engine.GetAsync($"/services/{Query.Escape(name)}", stop));
        }
        catch (CommandFailedException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return ("tasks", await TaskAsync(call, name, stop));
        }
    }

    private static async Task<JsonElement> TaskAsync(Invocation call, string name, CancellationToken stop)
    {
        try
        {
            return await call.Engine.GetAsync($"/tasks/{Query.Escape(name)}", stop);
        }
        catch (CommandFailedException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            throw new CommandFailedException($"no such task or service: {name}");
        }
    }
}
