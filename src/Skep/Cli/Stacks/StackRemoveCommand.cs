using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Stacks;

/// <summary>docker stack rm: services first, for they use the rest.</summary>
internal static class StackRemoveCommand
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    public static DockerCommand Make()
    {
        var command = new DockerCommand("rm", "[OPTIONS] STACK [STACK...]", "Remove one or more stacks")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["stack rm", "stack remove", "stack down"],
        };
        Option<bool> detach = command.Flag(
            Flags.Switch("detach", 'd', "Do not wait for stack removal", initial: true));
        return command.Named("remove").Named("down").Does(async (call, stop) =>
        {
            StackNames.Check(call.Words);
            var failures = new List<string>();
            foreach (string stack in call.Words)
            {
                if (!await RemoveAsync(call, stack, stop))
                {
                    failures.Add($"failed to remove some resources from stack: {stack}");
                }
                else if (!call.Get(detach))
                {
                    await WaitAsync(call, stack, stop);
                }
            }

            return failures.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', failures));
        });
    }

    private static async Task<bool> RemoveAsync(Invocation call, string stack, CancellationToken stop)
    {
        var found = new List<(StackObjects Kind, IReadOnlyList<JsonElement> Objects)>();
        foreach (StackObjects kind in StackObjects.InOrderOfRemoval)
        {
            found.Add((kind, await kind.ListAsync(call.Engine, stack, stop)));
        }

        if (found.TrueForAll(kind => kind.Objects.Count == 0))
        {
            call.Console.WriteErrorLine($"Nothing found in stack: {stack}");
            return true;
        }

        bool isWhole = true;
        foreach ((StackObjects kind, IReadOnlyList<JsonElement> objects) in found)
        {
            isWhole &= await kind.RemoveAsync(call, objects, stop);
        }

        return isWhole;
    }

    /// <summary>
    /// Until no task of the stack runs any more: those of removed services vanish when they have ended.
    /// </summary>
    private static async Task WaitAsync(Invocation call, string stack, CancellationToken stop)
    {
        Query query = new Query().AddFilters([StackNames.Filter(stack)]);
        while ((await call.Engine.GetAsync($"/tasks{query}", stop)).Items()
            .Any(task => !Services.Converging.TaskStates.IsTerminal(task.Member("Status").Text("State"))))
        {
            await Task.Delay(pause, call.Session.Time, stop);
        }
    }
}
