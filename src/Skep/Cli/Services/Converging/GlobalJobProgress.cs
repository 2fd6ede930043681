using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services.Converging;

/// <summary>A line for each node of a job that runs on all: those that were there when it began.</summary>
internal sealed class GlobalJobProgress(ProgressBoard board) : IServiceProgress
{
    private HashSet<string>? nodes;

    public bool Look(
        JsonElement service, IReadOnlyList<JsonElement> tasks, IReadOnlySet<string> alive, bool rollsBack)
    {
        List<JsonElement> ofRun = [.. JobTasks.OfRun(service, tasks)];
        if (nodes is null)
        {
            if (tasks.Count == 0 && alive.Count > 0)
            {
                board.Show("job progress", "waiting for tasks");
                return false;
            }

            nodes = [.. ofRun.Select(task => task.Text("NodeID"))];
            JobTasks.ShowComplete(board, 0, nodes.Count);
        }

        List<JsonElement> leading = [.. ofRun.Where(task => nodes.Contains(task.Text("NodeID")))
            .GroupBy(task => task.Text("NodeID")).OrderBy(node => node.Key, StringComparer.Ordinal)
            .Select(node => node.MinBy(task => TaskStates.Number(task.State())))];
        foreach (JsonElement task in leading.Where(_ => nodes.Count <= TaskStates.BarsMax))
        {
            TaskStates.Show(board, task.Text("NodeID"), task, TaskStates.CompleteSteps, showsEnd: true);
        }

        int complete = leading.Count(task => task.State() == "complete");
        JobTasks.ShowComplete(board, complete, nodes.Count);
        return complete == nodes.Count;
    }
}
