using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Tables;

namespace Skep.Cli.Images;

/// <summary>docker history.</summary>
internal static class HistoryCommand
{
    // Dates before the year 2000 are not dates but markers of reproducible builds.
    private const long FirstRealMoment = 946_684_800;

    private static readonly RowShape<Row> Shape = new("*image.historyContext",
    [
        new("Comment", "COMMENT", row => row.Item.Text("Comment")),
        new("CreatedAt", "CREATED AT", row => Rfc3339(row)),
        new("CreatedBy", "CREATED BY", row => row.Truncates
            ? Human.Ellipsis(row.Item.Text("CreatedBy").Replace('\t', ' '), 45)
            : row.Item.Text("CreatedBy").Replace('\t', ' ')),
        new("CreatedSince", "CREATED", row => !row.IsHuman ? Rfc3339(row)
            : row.Item.Number("Created") <= FirstRealMoment ? "N/A"
            : Human.Ago(row.Item.Number("Created"), row.Time)),
        new("ID", "IMAGE", row => row.Truncates ? Human.ShortId(row.Item.Text("Id")) : row.Item.Text("Id")),
        new("Size", "SIZE", row => row.IsHuman ? Human.Size(row.Item.Number("Size"))
            : row.Item.Number("Size").ToString(CultureInfo.InvariantCulture)),
    ]);

    public static DockerCommand Make()
    {
        var command = new DockerCommand("history", "[OPTIONS] IMAGE", "Show the history of an image")
        {
            Count = WordCount.Exactly(1),
            SpelledAliases = ["image history", "history"],
        };
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> human = command.Flag(Flags.Switch(
            "human", 'H', "Print sizes and dates in human readable format", initial: true));
        Option<bool> noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Don't truncate output"));
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only show image IDs"));
        return command.Does(async (call, stop) =>
        {
            JsonElement history = await call.Engine.GetAsync(
                $"/images/{Findings.EscapeSlashes(call.Words[0])}/history", stop);
            bool isHuman = call.Get(human);
            string source = call.Get(format) is { Length: > 0 } given and not "table" ? given
                : call.Get(quiet) ? "{{.ID}}"
                : $"table {{{{.ID}}}}\t{{{{.{(isHuman ? "CreatedSince" : "CreatedAt")}}}}}"
                    + "\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
            IEnumerable<Row> rows = history.Items()
                .Select(item => new Row(item, !call.Get(noTrunc), isHuman, call.Session.Time));
            call.Console.Write(RowWriter.Render(source, Shape, rows));
            return 0;
        });
    }

    private static string Rfc3339(Row row) => DateTimeOffset.FromUnixTimeSeconds(row.Item.Number("Created"))
        .ToOffset(row.Time.LocalTimeZone.BaseUtcOffset)
        .ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture).Replace("+00:00", "Z");

    private sealed record Row(JsonElement Item, bool Truncates, bool IsHuman, TimeProvider Time);
}
