using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services.Converging;

/// <summary>How many tasks of a job are complete, how many are under way, and a line for each.</summary>
internal sealed class ReplicatedJobProgress(ProgressBoard board) : IServiceProgress
{
    private bool isStarted;

    public bool Look(
        JsonElement service, IReadOnlyList<JsonElement> tasks, IReadOnlySet<string> alive, bool rollsBack)
    {
        JsonElement job = service.Member("Spec").Member("Mode").Member("ReplicatedJob");
        long total = job.Number("TotalCompletions");
        long concurrent = job.Number("MaxConcurrent");
        if (!isStarted)
        {
            isStarted = true;
            ShowAll(0, 0, total, concurrent);
            for (int i = 1; i <= total && total <= TaskStates.BarsMax; i++)
            {
                board.Show($"{i}/{total}", " ");
            }
        }

        List<JsonElement> leading = [.. JobTasks.OfRun(service, tasks)
            .GroupBy(task => task.Number("Slot")).OrderBy(slot => slot.Key)
            .Select(slot => slot.MinBy(task => TaskStates.Number(task.State())))];
        foreach (JsonElement task in leading.Where(_ => total <= TaskStates.BarsMax))
        {
            TaskStates.Show(
                board, $"{task.Number("Slot") + 1}/{total}", task, TaskStates.CompleteSteps, showsEnd: true);
        }

        int complete = leading.Count(task => task.State() == "complete");
        ShowAll(leading.Count(task => !TaskStates.IsTerminal(task.State())), complete, total, concurrent);
        return complete == total;
    }

    // The numbers are padded so that nothing moves when they grow.
    private void ShowAll(int active, int complete, long total, long concurrent)
    {
        JobTasks.ShowComplete(board, complete, total);
        int width = concurrent.ToString(CultureInfo.InvariantCulture).Length;
        string wanted = Math.Min(total - complete, concurrent).ToString(CultureInfo.InvariantCulture);
        string under = active.ToString(CultureInfo.InvariantCulture);
        board.Show("active tasks", $"{under.PadLeft(width)} out of {wanted.PadLeft(width)} tasks");
    }
}
