using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Values;

namespace Skep.Cli.Containers;

/// <summary>docker logs.</summary>
internal static class LogsCommand
{
    public const string Example =
        "timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)";

    public static DockerCommand Make()
    {
        var command = new DockerCommand("logs", "[OPTIONS] CONTAINER", "Fetch the logs of a container")
        {
            Count = WordCount.Exactly(1),
            SpelledAliases = ["container logs", "logs"],
        };
        var details = command.Flag(Flags.Switch("details", null, "Show extra details provided to logs"));
        var follow = command.Flag(Flags.Switch("follow", 'f', "Follow log output"));
        var since = command.Flag(Flags.Text("since", null, $"Show logs since {Example}"));
        var tail = command.Flag(Flags.Text(
            "tail", 'n', "Number of lines to show from the end of the logs", "all"));
        var timestamps = command.Flag(Flags.Switch("timestamps", 't', "Show timestamps"));
        var until = command.Flag(Flags.Text("until", null, $"Show logs before a {Example}"));
        return command.Does((call, stop) =>
        {
            string? Moment(string text, string flag) => text.Length == 0 ? null : AsQuery(text, flag, call);
            Query query = new Query()
                .AddFlag("stdout", true).AddFlag("stderr", true)
                .Add("since", Moment(call.Get(since), "since")).Add("until", Moment(call.Get(until), "until"))
                .AddFlag("timestamps", call.Get(timestamps)).AddFlag("follow", call.Get(follow))
                .AddFlag("details", call.Get(details)).Add("tail", call.Get(tail));
            return ShowAsync(call, query, stop);
        });
    }

    public static string AsQuery(string text, string flag, Invocation call)
    {
        try
        {
            return Moments.ToQuery(text, call.Session.Time);
        }
        catch (CommandFailedException malformed)
        {
            throw new CommandFailedException($"invalid value for \"{flag}\": {malformed.Message}");
        }
    }

    private static async Task<int> ShowAsync(Invocation call, Query query, CancellationToken stop)
    {
        JsonElement found = await call.Engine.GetAsync($"/containers/{Query.Escape(call.Words[0])}/json", stop);
        using HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Get, $"/containers/{found.Text("Id")}/logs{query}", null, stop);
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        if (found.Member("Config").Flag("Tty"))
        {
            await body.CopyToAsync(call.Console.Output, stop);
        }
        else
        {
            await StreamFrames.CopyAsync(body.ReadAsync, call.Console.Output, call.Console.Error, stop);
        }

        return 0;
    }
}
