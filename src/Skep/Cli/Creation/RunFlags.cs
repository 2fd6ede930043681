using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Cli.Images;
using Skep.Cli.Values;

namespace Skep.Cli.Creation;

/// <summary>The flags that run and create share: everything that describes a container.</summary>
/// <remarks>Parted by concern; <c>RunFlags.Request.cs</c> turns them into the request.</remarks>
internal sealed partial class RunFlags(DockerCommand command)
{
    private readonly Option<string[]> attach = command.Flag(Flags.List(
        "attach", 'a', "Attach to STDIN, STDOUT or STDERR", CheckAttach));

    private readonly Option<string[]> env = command.Flag(Flags.List(
        "env", 'e', "Set environment variables", KeyValues.CheckVariable));

    private readonly Option<string[]> envFile = command.Flag(Flags.List(
        "env-file", null, "Read in a file of environment variables"));

    private readonly Option<string> entrypoint = command.Flag(Flags.Text(
        "entrypoint", null, "Overwrite the default ENTRYPOINT of the image"));

    private readonly Option<string[]> groupAdd = command.Flag(Flags.List(
        "group-add", null, "Add additional groups to join"));

    private readonly Option<string> hostname = command.Flag(Flags.Text("hostname", 'h', "Container host name"));

    private readonly Option<string> domainname = command.Flag(Flags.Text(
        "domainname", null, "Container NIS domain name"));

    private readonly Option<bool> interactive = command.Flag(Flags.Switch(
        "interactive", 'i', "Keep STDIN open even if not attached"));

    private readonly Option<string[]> label = command.Flag(Flags.List(
        "label", 'l', "Set meta data on a container", KeyValues.CheckLabel));

    private readonly Option<string[]> labelFile = command.Flag(Flags.List(
        "label-file", null, "Read in a line delimited file of labels"));

    private readonly Option<bool> readOnly = command.Flag(Flags.Switch(
        "read-only", null, "Mount the container's root filesystem as read only"));

    private readonly Option<string> restart = command.Flag(Flags.Text(
        "restart", null, "Restart policy to apply when a container exits", "no"));

    private readonly Option<string> stopSignal = command.Flag(Flags.Text(
        "stop-signal", null, "Signal to stop the container"));

    private readonly Option<long> stopTimeout = command.Flag(Flags.Number(
        "stop-timeout", null, "Timeout (in seconds) to stop a container"));

    private readonly Option<string[]> sysctl = command.Flag(Flags.List(
        "sysctl", null, "Sysctl options", CheckSysctl, "map"));

    private readonly Option<bool> tty = command.Flag(Flags.Switch("tty", 't', "Allocate a pseudo-TTY"));

    private readonly Option<string> user = command.Flag(Flags.Text(
        "user", 'u', "Username or UID (format: <name|uid>[:<group|gid>])"));

    private readonly Option<string> workdir = command.Flag(Flags.Text(
        "workdir", 'w', "Working directory inside the container"));

    private readonly Option<bool> remove = command.Flag(Flags.Switch(
        "rm", null, "Automatically remove the container and its associated anonymous volumes when it exits"));

    private readonly Option<string[]> capAdd = command.Flag(Flags.List("cap-add", null, "Add Linux capabilities"));

    private readonly Option<string[]> capDrop = command.Flag(Flags.List("cap-drop", null, "Drop Linux capabilities"));

    private readonly Option<bool> privileged = command.Flag(Flags.Switch(
        "privileged", null, "Give extended privileges to this container"));

    private readonly Option<string[]> securityOpt = command.Flag(Flags.List(
        "security-opt", null, "Security Options"));

    private readonly Option<string> userns = command.Flag(Flags.Text("userns", null, "User namespace to use"));

    private readonly Option<string> cgroupns = command.Flag(Flags.Text(
        "cgroupns", null, "Cgroup namespace to use (host|private)\n"
        + "'host':    Run the container in the Docker host's cgroup namespace\n"
        + "'private': Run the container in its own private cgroup namespace\n"
        + "'':        Use the cgroup namespace as configured by the\n"
        + "           default-cgroupns-mode option on the daemon (default)"));

    private readonly Option<string> ipc = command.Flag(Flags.Text("ipc", null, "IPC mode to use"));

    private readonly Option<string> isolation = command.Flag(Flags.Text(
        "isolation", null, "Container isolation technology"));

    private readonly Option<string> pid = command.Flag(Flags.Text("pid", null, "PID namespace to use"));

    private readonly Option<string> uts = command.Flag(Flags.Text("uts", null, "UTS namespace to use"));

    private readonly Option<string> runtime = command.Flag(Flags.Text(
        "runtime", null, "Runtime to use for this container"));

    private readonly Option<bool> init = command.Flag(Flags.Switch(
        "init", null, "Run an init inside the container that forwards signals and reaps processes"));

    private readonly Option<string[]> annotation = command.Flag(Flags.List("annotation", null,
        "Add an annotation to the container (passed through to the OCI runtime)", type: "map"));

    private readonly Option<string> cidFile = command.Flag(Flags.Text(
        "cidfile", null, "Write the container ID to the file"));

    private readonly Option<string> name = command.Flag(Flags.Text("name", null, "Assign a name to the container"));

    private readonly Option<string> platform = command.Flag(Flags.Text(
        "platform", null, "Set platform if server is multi-platform capable", PlatformText.Usual));

    private readonly Option<string> pull = command.Flag(Flags.Text("pull", null, command.Name == "run"
        ? "Pull image before running (\"always\", \"missing\", \"never\")"
        : "Pull image before creating (\"always\", \"|missing\", \"never\")", "missing"));

    private readonly Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress the pull output"));

    private readonly Option<bool> contentTrust = command.Flag(Flags.Switch(
        "disable-content-trust", null, "Skip image verification", initial: true));

    // "-h" is the host name here, so docker's help names --help; FlagWords answers it before anybody reads it.
    private readonly Option<bool> help = command.Flag(Flags.Switch("help", null, "Print usage"));

    /// <summary>pull, quiet, name and platform: how to create, not what.</summary>
    public CreateChoices Choices(Invocation call)
    {
        string choice = call.Get(pull);
        return choice is "always" or "missing" or "never" or ""
            ? new CreateChoices(call.Get(name), call.Get(platform), choice, call.Get(quiet))
            : throw call.RunFailure(
                $"invalid pull option: '{choice}': must be one of \"always\", \"missing\" or \"never\"", 125);
    }

    public bool NamesStreams(Invocation call) => call.Get(attach).Length > 0;

    private static string CheckAttach(string stream) => stream.ToLowerInvariant() is "stdin" or "stdout" or "stderr"
        ? stream.ToLowerInvariant()
        : throw new FormatException("valid streams are STDIN, STDOUT and STDERR");

    private static string CheckSysctl(string pair)
    {
        string key = pair.Split('=')[0];
        bool isKnown = pair.Contains('=') && (key is "kernel.msgmax" or "kernel.msgmnb" or "kernel.msgmni"
            or "kernel.sem" or "kernel.shmall" or "kernel.shmmax" or "kernel.shmmni" or "kernel.shm_rmid_forced"
            || key.StartsWith("net.", StringComparison.Ordinal)
            || key.StartsWith("fs.mqueue.", StringComparison.Ordinal));
        return isKnown ? pair : throw new FormatException($"sysctl '{pair}' is not allowed");
    }
}

/// <param name="Pull">always, missing, never.</param>
internal sealed record CreateChoices(string Name, string Platform, string Pull, bool IsQuiet);
