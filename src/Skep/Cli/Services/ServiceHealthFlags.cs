using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--health-…: how it is found out whether a task works.</summary>
internal sealed class ServiceHealthFlags(DockerCommand command)
{
    private readonly Option<string> probe = command.Flag(Flags.Text(
        "health-cmd", null, "Command to run to check health"));

    private readonly Option<long> interval = command.Flag(DurationFlag.Positive(
        "health-interval", "Time between running the check (ms|s|m|h)"));

    private readonly Option<long> retries = command.Flag(Flags.Number(
        "health-retries", null, "Consecutive failures needed to report unhealthy"));

    private readonly Option<long> startInterval = command.Flag(DurationFlag.Positive(
        "health-start-interval", "Time between running the check during the start period (ms|s|m|h)"));

    private readonly Option<long> startPeriod = command.Flag(DurationFlag.Positive("health-start-period",
        "Start period for the container to initialize before counting retries towards unstable (ms|s|m|h)"));

    private readonly Option<long> timeout = command.Flag(DurationFlag.Positive(
        "health-timeout", "Maximum time to allow one check to run (ms|s|m|h)"));

    private readonly Option<bool> none = command.Flag(Flags.Switch(
        "no-healthcheck", null, "Disable any container-specified HEALTHCHECK"));

    /// <exception cref="CommandFailedException">The flags contradict each other.</exception>
    public HealthConfig? Apply(Invocation call, HealthConfig? before)
    {
        Option[] settings = [probe, interval, retries, startInterval, startPeriod, timeout];
        bool hasSettings = Array.Exists(settings, call.Has);
        if (call.Get(none))
        {
            return !hasSettings ? new HealthConfig { Test = ["NONE"] } : throw new CommandFailedException(
                "--no-healthcheck conflicts with --health-* options");
        }

        if (!hasSettings && !call.Has(none))
        {
            return before;
        }

        HealthConfig health = before ?? new HealthConfig();
        IReadOnlyList<string>? test = health.Test is ["NONE", ..] ? null : health.Test;
        string command = call.Get(probe);
        HealthConfig changed = health with
        {
            Test = !call.Has(probe) ? test : command.Length > 0 ? ["CMD-SHELL", command] : null,
            Interval = call.Has(interval) ? call.Get(interval) : health.Interval,
            Timeout = call.Has(timeout) ? call.Get(timeout) : health.Timeout,
            Retries = call.Has(retries) ? (int)call.Get(retries) : health.Retries,
            StartPeriod = call.Has(startPeriod) ? call.Get(startPeriod) : health.StartPeriod,
            StartInterval = call.Has(startInterval) ? call.Get(startInterval) : health.StartInterval,
        };
        return before is null && changed == new HealthConfig() ? null : changed;
    }
}
