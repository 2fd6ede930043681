using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Creation;

internal sealed partial class RunFlags
{
    private readonly Option<string> logDriver = command.Flag(Flags.Text(
        "log-driver", null, "Logging driver for the container"));

    private readonly Option<string[]> logOpt = command.Flag(Flags.List("log-opt", null, "Log driver options"));

    private readonly Option<string> volumeDriver = command.Flag(Flags.Text(
        "volume-driver", null, "Optional volume driver for the container"));

    private readonly Option<string[]> storageOpt = command.Flag(Flags.List(
        "storage-opt", null, "Storage driver options for the container"));

    private readonly Option<string[]> tmpfs = command.Flag(Flags.List("tmpfs", null, "Mount a tmpfs directory"));

    private readonly Option<string[]> volumesFrom = command.Flag(Flags.List(
        "volumes-from", null, "Mount volumes from the specified container(s)"));

    private readonly Option<string[]> volume = command.Flag(Flags.List("volume", 'v', "Bind mount a volume"));

    private readonly Option<string[]> mount = command.Flag(Flags.List(
        "mount", null, "Attach a filesystem mount to the container", CheckMount, "mount"));

    private readonly Option<string> healthCmd = command.Flag(Flags.Text(
        "health-cmd", null, "Command to run to check health"));

    private readonly Option<long> healthInterval = command.Flag(Duration(
        "health-interval", "Time between running the check (ms|s|m|h) (default 0s)"));

    private readonly Option<long> healthRetries = command.Flag(Flags.Number(
        "health-retries", null, "Consecutive failures needed to report unhealthy"));

    private readonly Option<long> healthTimeout = command.Flag(Duration(
        "health-timeout", "Maximum time to allow one check to run (ms|s|m|h) (default 0s)"));

    private readonly Option<long> healthStartPeriod = command.Flag(Duration("health-start-period",
        "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) "
        + "(default 0s)"));

    private readonly Option<long> healthStartInterval = command.Flag(Duration("health-start-interval",
        "Time between running the check during the start period (ms|s|m|h) (default 0s)"));

    private readonly Option<bool> noHealthcheck = command.Flag(Flags.Switch(
        "no-healthcheck", null, "Disable any container-specified HEALTHCHECK"));

    private static Option<long> Duration(string name, string description) =>
        Flags.Make(name, null, "duration", description, GoDuration.Parse);

    private static string CheckMount(string text)
    {
        MountFlag.Parse(text);
        return text;
    }
}
