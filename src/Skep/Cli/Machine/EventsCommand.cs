using System.Globalization;
using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Templates;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Machine;

/// <summary>docker events.</summary>
internal static class EventsCommand
{
    private const int BadTemplateCode = 64;

    public static DockerCommand Make()
    {
        var command = new DockerCommand("events", "[OPTIONS]", "Get real time events from the server")
        {
            SpelledAliases = ["system events", "events"],
        };
        var filter = command.Flag(SharedFlags.Filter());
        var format = command.Flag(Flags.Text("format", null, SharedFlags.InspectFormat().Description!));
        var since = command.Flag(Flags.Text("since", null, "Show all events created since timestamp"));
        var until = command.Flag(Flags.Text("until", null, "Stream events until this timestamp"));
        return command.Does(async (call, stop) =>
        {
            Template? template = Parse(call.Get(format));
            string? Moment(string text) => text.Length == 0 ? null : Moments.ToQuery(text, call.Session.Time);
            Query query = new Query().AddFilters(call.Get(filter))
                .Add("since", Moment(call.Get(since))).Add("until", Moment(call.Get(until)));
            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Get, $"/events{query}", null, stop);
            await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
            await foreach (JsonElement happened in JsonLines.ReadAsync(body, stop))
            {
                call.Console.WriteLine(template is null
                    ? Line(happened, call.Session.Time)
                    : template.Execute(View(happened)));
            }

            return 0;
        });
    }

    // A template with a wrong field is refused before anything happens.
    private static Template? Parse(string format)
    {
        if (format.Length == 0)
        {
            return null;
        }

        try
        {
            Template template = Template.Parse(format == "json" ? "{{json .}}" : format);
            using JsonDocument empty = JsonDocument.Parse("""{"Actor":{}}""");
            template.Execute(View(empty.RootElement));
            return template;
        }
        catch (TemplateException malformed)
        {
            throw new CommandFailedException($"Error parsing format: {malformed.Message}", BadTemplateCode);
        }
    }

    private static GoStruct View(JsonElement happened)
    {
        var message = (GoStruct)GoJson.Typed(happened, EngineJson.Default.EventMessage)!;
        return new GoStruct("*events.Message", message.Fields) { IgnoresCase = true };
    }

    private static string Line(JsonElement happened, TimeProvider time)
    {
        long nanoseconds = happened.Number("timeNano") is not 0 and var exact
            ? exact : happened.Number("time") * 1_000_000_000;
        DateTimeOffset moment = TimeZoneInfo.ConvertTime(
            DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100), time.LocalTimeZone);
        string zone = moment.Offset == TimeSpan.Zero
            ? "Z" : moment.ToString("zzz", CultureInfo.InvariantCulture);
        string seconds = moment.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        JsonElement actor = happened.Member("Actor");
        var line = new StringBuilder();
        line.Append($"{seconds}.{nanoseconds % 1_000_000_000:000000000}{zone} ");
        line.Append($"{happened.Text("Type")} {happened.Text("Action")} {actor.Text("ID")}");
        IReadOnlyDictionary<string, string> attributes = actor.Map("Attributes");
        return attributes.Count == 0 ? line.ToString()
            : line.Append($" ({string.Join(", ", attributes.Select(pair => $"{pair.Key}={pair.Value}"))})").ToString();
    }
}
