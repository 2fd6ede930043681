using System.Text.Json;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Inspections;

/// <summary>The inspect commands that also have --pretty: a page in words instead of JSON.</summary>
/// <param name="page">The template of the page.</param>
internal sealed class PrettyInspection(
    RowShape<JsonElement> shape, string page, Func<Invocation, string, CancellationToken, Task<Found>> find)
{
    /// <summary>The name of the user's own default in the settings; "": it has none.</summary>
    public string FormatName { get; init; } = "";

    /// <summary>What is said of --pretty beside --format; "": --pretty wins.</summary>
    public string PrettyConflict { get; init; } = "";

    /// <summary>Adds to what was found what only the page needs.</summary>
    public Func<Invocation, JsonElement, CancellationToken, Task<JsonElement>>? Prepare { get; init; }

    /// <param name="command">With everything but its flags and what it does.</param>
    public DockerCommand Complete(DockerCommand command)
    {
        var format = command.Flag(SharedFlags.InspectFormat());
        var pretty = command.Flag(Flags.Switch(
            "pretty", null, "Print the information in a human friendly format"));
        return command.Does((call, stop) =>
        {
            if (PrettyConflict.Length > 0 && call.Get(pretty) && call.Get(format).Length > 0)
            {
                throw new CommandFailedException(PrettyConflict);
            }

            string settings = FormatName.Length > 0 ? call.Session.Settings.Value.Format(FormatName) : "";
            string source = call.Get(pretty) ? "pretty" : call.Get(format) is { Length: > 0 } given ? given : settings;
            return !source.StartsWith("pretty", StringComparison.Ordinal)
                ? Inspection.ShowAsync(call, source, (name, halt) => find(call, name, halt), stop)
                : source == "pretty"
                    ? ShowAsync(call, stop)
                    : throw new CommandFailedException(
                        "cannot supply extra formatting options to the pretty template");
        });
    }

    // The first refusal ends it, and then nothing is shown.
    private async Task<int> ShowAsync(Invocation call, CancellationToken stop)
    {
        var rows = new List<JsonElement>();
        foreach (string name in call.Words)
        {
            using JsonDocument document = JsonDocument.Parse((await find(call, name, stop)).Json);
            JsonElement row = document.RootElement.Clone();
            rows.Add(Prepare is null ? row : await Prepare(call, row, stop));
        }

        call.Console.Write(RowWriter.Render(page, shape, rows));
        return 0;
    }
}
