using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Registry;

/// <summary>docker search.</summary>
/// <remarks>Other engines answer it; Skep's own says that it does not.</remarks>
internal static class SearchCommand
{
    private const string Table = "table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";
    private const int DescriptionWidth = 45;

    public static DockerCommand Make()
    {
        var command = new DockerCommand("search", "[OPTIONS] TERM", "Search Docker Hub for images")
        {
            Count = WordCount.Exactly(1),
            Section = HelpSection.Common,
            CommonRank = 10,
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter());
        Option<string> format = command.Flag(Flags.Text("format", null, "Pretty-print search using a Go template"));
        Option<long> limit = command.Flag(Flags.Number("limit", null, "Max number of search results"));
        Option<bool> noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Don't truncate output"));
        return command.Does(async (call, stop) =>
        {
            string term = call.Words[0];
            string source = call.Get(format) is "" or "table" ? Table : call.Get(format);
            Query query = new Query().Add("term", term)
                .Add("limit", call.Get(limit) > 0 ? call.Get(limit).ToString(CultureInfo.InvariantCulture) : null)
                .AddFilters(call.Get(filter));
            string credentials = RegistryAuth.Encode(
                call.Session.Settings.Value.Credentials(RegistryAuth.RegistryOf(term)));
            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Get, $"/images/search{query}", null, stop,
                new Dictionary<string, string> { ["X-Registry-Auth"] = credentials });
            using JsonDocument found = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
            call.Console.Write(RowWriter.Render(
                source, Shape(!call.Get(noTrunc), source == "json"), found.RootElement.Items()));
            return 0;
        });
    }

    private static RowShape<JsonElement> Shape(bool truncates, bool isJson) => new("*registry.searchContext",
    [
        new("Description", "DESCRIPTION", item => Description(item, truncates)),
        new("IsOfficial", "OFFICIAL", item => isJson
            ? item.Flag("is_official") ? "true" : "false"
            : item.Flag("is_official") ? "[OK]" : ""),
        new("Name", "NAME", item => item.Text("name")),
        new("StarCount", "STARS", item => item.Number("star_count").ToString(CultureInfo.InvariantCulture)),
    ]);

    private static string Description(JsonElement item, bool truncates)
    {
        string text = item.Text("description").Replace('\n', ' ').Replace('\r', ' ');
        return truncates ? Human.Ellipsis(text, DescriptionWidth) : text;
    }
}
