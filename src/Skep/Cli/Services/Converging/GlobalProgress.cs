using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;

namespace Skep.Cli.Services.Converging;

/// <summary>A line for each node that has a task: the orchestrator makes them all at once.</summary>
internal sealed class GlobalProgress(ProgressBoard board) : IServiceProgress
{
    private bool isStarted;
    private bool isDone;

    public bool Look(
        JsonElement service, IReadOnlyList<JsonElement> tasks, IReadOnlySet<string> alive, bool rollsBack)
    {
        List<JsonElement> leading = [.. tasks.Where(TaskStates.IsKnown)
            .GroupBy(task => task.Text("NodeID")).OrderBy(node => node.Key, StringComparer.Ordinal)
            .Select(TaskStates.Leading)];
        if (!isStarted && leading.Count == 0)
        {
            // Either there are none yet, or no node may have one: both look the same from here.
            board.Show(OverallLine.Id, "waiting for new tasks");
            return false;
        }

        if (!isStarted)
        {
            isStarted = true;
            OverallLine.Show(board, 0, leading.Count, rollsBack);
        }

        isDone = isDone && leading.TrueForAll(task => task.State() == "running");
        List<JsonElement> reachable = [.. leading.Where(task => alive.Contains(task.Text("NodeID")))];
        int running = reachable.Count(TaskStates.Runs);
        foreach (JsonElement task in reachable.Where(_ => !isDone && leading.Count <= TaskStates.BarsMax))
        {
            TaskStates.Show(
                board, Human.ShortId(task.Text("NodeID")), task, TaskStates.RunningSteps, showsEnd: false);
        }

        if (!isDone)
        {
            OverallLine.Show(board, running, leading.Count, rollsBack);
            isDone = running == leading.Count;
        }

        return running == leading.Count;
    }
}
