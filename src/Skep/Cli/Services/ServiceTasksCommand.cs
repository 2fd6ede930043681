using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Nodes;
using Skep.Cli.Tasks;

namespace Skep.Cli.Services;

/// <summary>docker service ps.</summary>
internal static class ServiceTasksCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "ps", "[OPTIONS] SERVICE [SERVICE...]", "List the tasks of one or more services")
        {
            Count = WordCount.AtLeast(1),
        };
        var flags = new TaskListFlags(command, quietIsWhole: true, TaskListFlags.PrettyFormat());
        return command.Does(async (call, stop) =>
        {
            (List<string> ids, List<string> missing) = await FindAsync(call, stop);
            List<string> filters = [.. ids.Select(id => $"service={id}")];
            foreach (string pair in flags.FiltersOf(call))
            {
                filters.Add(pair.StartsWith("node=", StringComparison.Ordinal)
                    ? $"node={await NodeReference.ResolveAsync(call.Engine, pair[5..], stop)}"
                    : pair);
            }

            JsonElement tasks = await call.Engine.GetAsync($"/tasks{new Query().AddFilters(filters)}", stop);
            await flags.ShowAsync(call, tasks.Items(), stop);
            return missing.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', missing));
        });
    }

    // By full id, then by name, then by the start of an id. Without any that exists nothing is listed at all.
    private static async Task<(List<string> Ids, List<string> Missing)> FindAsync(
        Invocation call, CancellationToken stop)
    {
        List<JsonElement> byId = await ListAsync(call, "id", stop);
        List<JsonElement> byName = await ListAsync(call, "name", stop);
        var ids = new List<string>();
        var missing = new List<string>();
        foreach (string word in call.Words)
        {
            List<JsonElement> found = [.. byId.Where(service => service.Text("ID") == word)
                .Concat(byName.Where(service => service.Member("Spec").Text("Name") == word)).Take(1)];
            if (found.Count == 0)
            {
                found = [.. byId.Where(service => service.Text("ID").StartsWith(word, StringComparison.Ordinal))];
            }

            if (found.Count > 1)
            {
                throw new CommandFailedException($"multiple services found with provided prefix: {word}");
            }

            ids.AddRange(found.Select(service => service.Text("ID")));
            missing.AddRange(found.Count == 0 ? [$"no such service: {word}"] : []);
        }

        return ids.Count > 0 ? (ids, missing) : throw new CommandFailedException(string.Join('\n', missing));
    }

    private static async Task<List<JsonElement>> ListAsync(Invocation call, string filter, CancellationToken stop)
    {
        Query query = new Query().AddFilters(call.Words.Select(word => $"{filter}={word}"));
        return [.. (await call.Engine.GetAsync($"/services{query}", stop)).Items()];
    }
}
