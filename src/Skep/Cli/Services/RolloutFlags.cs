using System.CommandLine;
using System.Globalization;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--update-… and --rollback-…: how tasks are replaced by those of another spec.</summary>
internal sealed class RolloutFlags
{
    private const long MonitorDefault = 5_000_000_000;

    private readonly Option<long> parallelism;
    private readonly Option<long> delay;
    private readonly Option<long> monitor;
    private readonly Option<string> failureAction;
    private readonly Option<float> maxFailureRatio;
    private readonly Option<string> order;

    /// <param name="kind">update or rollback: the flags have the same meaning, and words of their own.</param>
    public RolloutFlags(DockerCommand command, string kind, bool isCreation)
    {
        bool isUpdate = kind == "update";
        string Default(string value) => isCreation ? $" (default {value})" : "";
        parallelism = command.Flag(Flags.Number($"{kind}-parallelism", null, isUpdate
            ? "Maximum number of tasks updated simultaneously (0 to update all at once)"
            : "Maximum number of tasks rolled back simultaneously (0 to roll back all at once)",
            isCreation ? 1 : 0, "uint"));
        delay = command.Flag(DurationFlag.Make($"{kind}-delay",
            (isUpdate ? "Delay between updates" : "Delay between task rollbacks") + " (ns|us|ms|s|m|h)"
            + Default("0s")));
        monitor = command.Flag(DurationFlag.Make($"{kind}-monitor",
            $"Duration after each task {kind} to monitor for failure (ns|us|ms|s|m|h)" + Default("5s")));
        failureAction = command.Flag(Flags.Text($"{kind}-failure-action", null,
            $"Action on {kind} failure (\"pause\", \"continue\"{(isUpdate ? ", \"rollback\"" : "")})"
            + Default("\"pause\"")));
        maxFailureRatio = command.Flag(Flags.Make($"{kind}-max-failure-ratio", null, "float",
            $"Failure rate to tolerate during {(isUpdate ? "an update" : "a rollback")}" + Default("0"), Ratio));
        order = command.Flag(Flags.Text($"{kind}-order", null,
            $"{(isUpdate ? "Update" : "Rollback")} order (\"start-first\", \"stop-first\")"
            + Default("\"stop-first\"")));
    }

    public ServiceUpdateConfig? Apply(Invocation call, ServiceUpdateConfig? before)
    {
        Option[] all = [parallelism, delay, monitor, failureAction, maxFailureRatio, order];
        if (!Array.Exists(all, call.Has))
        {
            return before;
        }

        ServiceUpdateConfig config = before ?? new ServiceUpdateConfig
        {
            Parallelism = 1,
            Monitor = MonitorDefault,
            FailureAction = "pause",
            Order = "stop-first",
        };
        return config with
        {
            Parallelism = call.Has(parallelism) ? (ulong)call.Get(parallelism) : config.Parallelism,
            Delay = call.Has(delay) ? call.Get(delay) : config.Delay,
            Monitor = call.Has(monitor) ? call.Get(monitor) : config.Monitor,
            FailureAction = call.Has(failureAction) ? call.Get(failureAction) : config.FailureAction,
            MaxFailureRatio = call.Has(maxFailureRatio) ? call.Get(maxFailureRatio) : config.MaxFailureRatio,
            Order = call.Has(order) ? call.Get(order) : config.Order,
        };
    }

    private static float Ratio(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float ratio)
            ? ratio
            : throw new FormatException(
                $"strconv.ParseFloat: parsing {Docker.Templates.GoLiterals.Quote(text)}: invalid syntax");
}
