using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tasks;

namespace Skep.Cli.Nodes;

/// <summary>docker node ps.</summary>
internal static class NodeTasksCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "ps", "[OPTIONS] [NODE...]", "List tasks running on one or more nodes, defaults to current node")
        {
            Count = WordCount.Any,
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter());
        Option<string> format = command.Flag(Flags.Text(
            "format", null, "Pretty-print tasks using a Go template"));
        Option<bool> noResolve = command.Flag(Flags.Switch("no-resolve", null, "Do not map IDs to Names"));
        Option<bool> noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Do not truncate output"));
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display task IDs"));
        return command.Does(async (call, stop) =>
        {
            var refusals = new List<string>();
            var tasks = new List<JsonElement>();
            foreach (string name in call.Words.Count > 0 ? call.Words : ["self"])
            {
                try
                {
                    tasks.AddRange(await OfNodeAsync(call, name, call.Get(filter), stop));
                }
                catch (CommandFailedException refused)
                {
                    refusals.Add(refused.Message);
                }
            }

            if (refusals.Count == 0 || tasks.Count > 0)
            {
                var table = new TaskTable(call, !call.Get(noResolve), !call.Get(noTrunc), call.Get(quiet));
                await table.ShowAsync(tasks, call.Get(format), stop);
            }

            return refusals.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', refusals));
        });
    }

    private static async Task<IEnumerable<JsonElement>> OfNodeAsync(
        Invocation call, string name, IEnumerable<string> filters, CancellationToken stop)
    {
        string reference = await NodeReference.ResolveAsync(call.Engine, name, stop);
        JsonElement node = await call.Engine.GetAsync($"/nodes/{Query.Escape(reference)}", stop);
        Query query = new Query().AddFilters([.. filters, $"node={node.Text("ID")}"]);
        return (await call.Engine.GetAsync($"/tasks{query}", stop)).Items();
    }
}
