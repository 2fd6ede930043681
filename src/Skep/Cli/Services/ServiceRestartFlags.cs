using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--restart-…: when an ended task is replaced.</summary>
internal sealed class ServiceRestartFlags
{
    private const long DelayDefault = 5_000_000_000;

    private readonly Option<string> condition;
    private readonly Option<long> delay;
    private readonly Option<long> attempts;
    private readonly Option<long> window;

    public ServiceRestartFlags(DockerCommand command, bool isCreation)
    {
        string Default(string value) => isCreation ? $" (default {value})" : "";
        condition = command.Flag(Flags.Text("restart-condition", null,
            "Restart when condition is met (\"none\", \"on-failure\", \"any\")" + Default("\"any\"")));
        delay = command.Flag(DurationFlag.Make(
            "restart-delay", "Delay between restart attempts (ns|us|ms|s|m|h)" + Default("5s")));
        attempts = command.Flag(Flags.Number(
            "restart-max-attempts", null, "Maximum number of restarts before giving up", type: "uint"));
        window = command.Flag(DurationFlag.Make(
            "restart-window", "Window used to evaluate the restart policy (ns|us|ms|s|m|h)"));
    }

    public TaskRestartPolicy? Apply(Invocation call, TaskRestartPolicy? before)
    {
        if (!call.Has(condition) && !call.Has(delay) && !call.Has(attempts) && !call.Has(window))
        {
            return before;
        }

        TaskRestartPolicy policy = before
            ?? new TaskRestartPolicy { Condition = "any", Delay = DelayDefault, MaxAttempts = 0 };
        return policy with
        {
            Condition = call.Has(condition) ? call.Get(condition) : policy.Condition,
            Delay = call.Has(delay) ? call.Get(delay) : policy.Delay,
            MaxAttempts = call.Has(attempts) ? (ulong)call.Get(attempts) : policy.MaxAttempts,
            Window = call.Has(window) ? call.Get(window) : policy.Window,
        };
    }
}
