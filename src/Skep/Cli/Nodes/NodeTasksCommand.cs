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
        var flags = new TaskListFlags(command, quietIsWhole: false, TaskListFlags.PrettyFormat());
        return command.Does(async (call, stop) =>
        {
            var refusals = new List<string>();
            var tasks = new List<JsonElement>();
            foreach (string name in call.Words.Count > 0 ? call.Words : ["self"])
            {
                try
                {
                    tasks.AddRange(await OfNodeAsync(call, name, flags.FiltersOf(call), stop));
                }
                catch (CommandFailedException refused)
                {
                    refusals.Add(refused.Message);
                }
            }

            if (refusals.Count == 0 || tasks.Count > 0)
            {
                await flags.ShowAsync(call, tasks, stop);
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
