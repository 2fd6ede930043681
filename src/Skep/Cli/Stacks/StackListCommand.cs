using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;
using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>docker stack ls: what labels of services tell, for the swarm itself knows no stacks.</summary>
internal static class StackListCommand
{
    private const string Table = "table {{.Name}}\t{{.Services}}";

    private static readonly RowShape<Row> shape = new("*formatter.stackContext",
    [
        new("Name", "NAME", row => row.Name),
        new("Services", "SERVICES", row => $"{row.ServiceCount}"),
    ]);

    public static DockerCommand Make()
    {
        var command = new DockerCommand("ls", "[OPTIONS]", "List stacks")
        {
            SpelledAliases = ["stack ls", "stack list"],
        };
        Option<string> format = command.Flag(SharedFlags.Format());
        return command.Named("list").Does(async (call, stop) =>
        {
            Query query = new Query().AddFilters([$"label={StackScope.NamespaceLabel}"]);
            JsonElement services = await call.Engine.GetAsync($"/services{query}", stop);
            IEnumerable<Row> rows = services.Items()
                .GroupBy(service => service.Member("Spec").Member("Labels").Text(StackScope.NamespaceLabel))
                .Select(stack => new Row(stack.Key, stack.Count()))
                .OrderBy(row => row.Name, NaturalOrder.Instance);
            string source = call.Get(format) is "" or "table" ? Table : call.Get(format);
            call.Console.Write(RowWriter.Render(source, shape, rows));
            return 0;
        });
    }

    private sealed record Row(string Name, int ServiceCount);
}
