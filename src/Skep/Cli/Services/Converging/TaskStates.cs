using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services.Converging;

/// <summary>The order of a task's states, and which of several tasks in one place stands for the place.</summary>
internal static class TaskStates
{
    /// <summary>Steps of a bar until a task runs, and until the task of a job is complete.</summary>
    public const int RunningSteps = 9, CompleteSteps = 10;

    /// <summary>More bars than this would fill the screen: then there is only the line of all.</summary>
    public const int BarsMax = 20;

    private const int NameWidth = 9, ErrorWidth = 75;

    private static readonly string[] order =
    [
        "new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running",
        "complete", "shutdown", "failed", "rejected",
    ];

    /// <summary>0: none that we know.</summary>
    public static int Number(string state) => Array.IndexOf(order, state) + 1;

    public static bool IsTerminal(string state) => Number(state) > RunningSteps;

    public static string State(this JsonElement task) => task.Member("Status").Text("State");

    public static bool IsKnown(JsonElement task) => Number(task.Text("DesiredState")) * Number(task.State()) != 0;

    public static bool Runs(JsonElement task) =>
        !IsTerminal(task.Text("DesiredState")) && task.State() == "running";

    /// <summary>
    /// Of tasks in one place that which should run stands before one that should end, and of equals the one that is
    /// less far: it is what an update waits for.
    /// </summary>
    public static JsonElement Leading(IEnumerable<JsonElement> tasks) => tasks
        .OrderBy(task => Number(task.Text("DesiredState"))).ThenBy(task => Number(task.State())).First();

    /// <summary>The line of one task.</summary>
    /// <param name="steps">Length of its bar.</param>
    /// <param name="showsEnd">Also the state of a task that has ended.</param>
    public static void Show(ProgressBoard board, string id, JsonElement task, int steps, bool showsEnd)
    {
        string state = task.State();
        if (task.Member("Status").Text("Err") is { Length: > 0 } error)
        {
            string line = error.Replace('\n', ' ');
            board.Show(id, line.Length > ErrorWidth ? line[..(ErrorWidth - 1)] + "…" : line);
        }
        else if (showsEnd || (!IsTerminal(task.Text("DesiredState")) && !IsTerminal(state)))
        {
            board.Show(id, state.PadRight(NameWidth), Number(state), steps);
        }
    }
}
