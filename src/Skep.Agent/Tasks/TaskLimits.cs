namespace Skep.Agent.Tasks;

/// <summary>Bounds of a node's work on tasks.</summary>
internal static class TaskLimits
{
    /// <summary>Tasks on one node; more are rejected. A machine holds some hundred containers.</summary>
    public const int Tasks = 10_000;

    /// <summary>Statuses in one report.</summary>
    public const int ReportsAtOnce = 500;

    /// <summary>Lines of logs that wait for whoever reads them.</summary>
    public const int LogLines = 256;

    /// <summary>Containers that are made or started at one time: more of them only wait for the disk.</summary>
    public const int StartsAtOnce = 16;

    /// <summary>The pause after a first report that was not taken.</summary>
    public static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between reports that are not taken.</summary>
    public static readonly TimeSpan ReportPauseMax = TimeSpan.FromSeconds(8);

    /// <summary>The pause before a step is tried again because the engine was away.</summary>
    public static readonly TimeSpan StepPause = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between tries to remove a container.</summary>
    public static readonly TimeSpan RemovalPauseMax = TimeSpan.FromSeconds(30);
}
