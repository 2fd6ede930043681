using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services.Converging;

/// <summary>A line for each replica. Slots may have gaps; the lines are numbered without.</summary>
internal sealed class ReplicatedProgress(ProgressBoard board) : IServiceProgress
{
    private readonly List<long> slots = [];
    private bool isStarted;
    private bool isDone;

    public bool Look(
        JsonElement service, IReadOnlyList<JsonElement> tasks, IReadOnlySet<string> alive, bool rollsBack)
    {
        long replicas = service.Member("Spec").Member("Mode").Member("Replicated").Number("Replicas");
        if (!isStarted)
        {
            isStarted = true;
            OverallLine.Show(board, 0, replicas, rollsBack);
            for (int i = 1; i <= replicas && replicas <= TaskStates.BarsMax; i++)
            {
                board.Show($"{i}/{replicas}", " ");
            }
        }

        List<JsonElement> leading = [.. tasks
            .Where(task => TaskStates.IsKnown(task)
                && (task.Text("NodeID").Length == 0 || alive.Contains(task.Text("NodeID"))))
            .GroupBy(task => task.Number("Slot")).OrderBy(slot => slot.Key).Select(TaskStates.Leading)];
        isDone = isDone && leading.TrueForAll(task => task.State() == "running");
        int running = leading.Count(TaskStates.Runs);
        foreach (JsonElement task in leading)
        {
            Show(task, replicas);
        }

        if (!isDone)
        {
            OverallLine.Show(board, running, replicas, rollsBack);
            isDone = running == replicas;
        }

        return running == replicas;
    }

    private void Show(JsonElement task, long replicas)
    {
        long slot = task.Number("Slot");
        if (!slots.Contains(slot))
        {
            slots.Add(slot);
        }

        int line = slots.IndexOf(slot) + 1;
        if (!isDone && replicas <= TaskStates.BarsMax && line <= replicas)
        {
            TaskStates.Show(board, $"{line}/{replicas}", task, TaskStates.RunningSteps, showsEnd: false);
        }
    }
}
