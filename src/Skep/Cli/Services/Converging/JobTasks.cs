using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services.Converging;

/// <summary>What both kinds of jobs show alike.</summary>
internal static class JobTasks
{
    /// <summary>The tasks of the run that is under way: an update starts another.</summary>
    public static IEnumerable<JsonElement> OfRun(JsonElement service, IEnumerable<JsonElement> tasks)
    {
        long run = service.Member("JobStatus").Member("JobIteration").Number("Index");
        return tasks.Where(task => task.Has("JobIteration") && TaskStates.IsKnown(task)
            && task.Member("JobIteration").Number("Index") == run);
    }

    public static void ShowComplete(ProgressBoard board, int complete, long total)
    {
        int width = total.ToString(CultureInfo.InvariantCulture).Length;
        string count = complete.ToString(CultureInfo.InvariantCulture).PadLeft(width);
        board.Show("job progress", $"{count} out of {total} complete", complete, total);
    }
}
