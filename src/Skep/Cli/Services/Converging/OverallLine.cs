namespace Skep.Cli.Services.Converging;

/// <summary>The line above those of the tasks.</summary>
internal static class OverallLine
{
    public const string Id = "overall progress";

    public static void Show(ProgressBoard board, long running, long wanted, bool rollsBack) =>
        board.Show(Id, $"{(rollsBack ? "rolling back update: " : "")}{running} out of {wanted} tasks");
}
