using System.Text.Json;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Inspections;

/// <summary>The inspect commands that also have --pretty: a page in words instead of JSON.</summary>
/// <param name="page">The template of the page.</param>
internal sealed class PrettyInspection(
    RowShape<JsonElement> shape, string page, Func<Invocation, string, CancellationToken, Task<Found>> find)
{
    /// <param name="command">With everything but its flags and what it does.</param>
    public DockerCommand Complete(DockerCommand command)
    {
        var format = command.Flag(SharedFlags.InspectFormat());
        var pretty = command.Flag(Flags.Switch(
            "pretty", null, "Print the information in a human friendly format"));
        return command.Does((call, stop) =>
        {
            string source = call.Get(pretty) ? "pretty" : call.Get(format);
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
            rows.Add(document.RootElement.Clone());
        }

        call.Console.Write(RowWriter.Render(page, shape, rows));
        return 0;
    }
}
