using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Secrets;

/// <summary>docker secret ls and docker config ls.</summary>
internal static class SecretListing
{
    /// <param name="kind">secret or config: the path is its plural.</param>
    public static DockerCommand Make(string kind, string table, RowShape<SecretRow> shape)
    {
        var command = new DockerCommand("ls", "[OPTIONS]", $"List {kind}s")
        {
            SpelledAliases = [$"{kind} ls", $"{kind} list"],
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter());
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display IDs"));
        return command.Named("list").Does(async (call, stop) =>
        {
            JsonElement all = await call.Engine.GetAsync($"/{kind}s{new Query().AddFilters(call.Get(filter))}", stop);
            string settings = call.Get(quiet) ? "" : call.Session.Settings.Value.Format(kind);
            string chosen = call.Get(format) is { Length: > 0 } given ? given : settings;
            string source = chosen is "" or "table" ? (call.Get(quiet) ? "{{.ID}}" : table) : chosen;
            IEnumerable<SecretRow> rows = all.Items()
                .OrderBy(one => one.Member("Spec").Text("Name"), NaturalOrder.Instance)
                .Select(one => new SecretRow(one, call.Session.Time));
            call.Console.Write(RowWriter.Render(source, shape, rows));
            return 0;
        });
    }

    /// <summary>docker secret rm and docker config rm.</summary>
    public static DockerCommand Remove(string kind)
    {
        string words = kind.ToUpperInvariant();
        var command = new DockerCommand("rm", $"{words} [{words}...]", $"Remove one or more {kind}s")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = [$"{kind} rm", $"{kind} remove"],
        };
        return command.Named("remove").Does((call, stop) => EachWord.InTurnAsync(
            call, (name, halt) => call.Engine.DeleteAsync($"/{kind}s/{Query.Escape(name)}", halt), stop));
    }
}
