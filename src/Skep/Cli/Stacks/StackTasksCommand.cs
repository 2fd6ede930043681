using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tasks;

namespace Skep.Cli.Stacks;

/// <summary>docker stack ps.</summary>
internal static class StackTasksCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("ps", "[OPTIONS] STACK", "List the tasks in the stack")
        {
            Count = WordCount.Exactly(1),
        };
        var flags = new TaskListFlags(command, quietIsWhole: false, SharedFlags.Format());
        return command.Does(async (call, stop) =>
        {
            string stack = call.Words[0];
            StackNames.Check(call.Words);
            Query query = new Query().AddFilters([.. flags.FiltersOf(call), StackNames.Filter(stack)]);
            JsonElement tasks = await call.Engine.GetAsync($"/tasks{query}", stop);
            if (!tasks.Items().Any())
            {
                throw new CommandFailedException($"nothing found in stack: {stack}");
            }

            await flags.ShowAsync(call, tasks.Items(), stop);
            return 0;
        });
    }
}
