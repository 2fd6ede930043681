using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>The flags that service create and service update share.</summary>
/// <remarks>
/// Each group of flags turns what was before into what is wished; before a creation there is nothing. Lists are not
/// here: an update parts each of them into what is added and what is removed.
/// </remarks>
internal sealed class ServiceFlags
{
    private readonly Option<string> workdir;
    private readonly Option<string> user;
    private readonly Option<string> hostname;
    private readonly Option<string[]> entrypoint;
    private readonly Option<bool> init;
    private readonly Option<string> isolation;
    private readonly Option<long> oomScore;
    private readonly Option<bool> readOnly;
    private readonly Option<long> stopGrace;
    private readonly Option<string> stopSignal;
    private readonly Option<bool> tty;

    /// <param name="isCreation">A creation says in its help what each default is.</param>
    public ServiceFlags(DockerCommand command, bool isCreation)
    {
        string Default(string value) => isCreation ? $" (default {value})" : "";
        Waiting = new WaitFlags(command, hasQuiet: true);
        workdir = command.Flag(Flags.Text("workdir", 'w', "Working directory inside the container"));
        user = command.Flag(Flags.Text("user", 'u', "Username or UID (format: <name|uid>[:<group|gid>])"));
        hostname = command.Flag(Flags.Text("hostname", null, "Container hostname"));
        entrypoint = command.Flag(ShellWords.Flag("entrypoint", "Overwrite the default ENTRYPOINT of the image"));
        init = command.Flag(Flags.Switch(
            "init", null, "Use an init inside each service container to forward signals and reap processes"));
        isolation = command.Flag(Flags.Text("isolation", null, "Service container isolation mode"));
        oomScore = command.Flag(Flags.Number(
            "oom-score-adj", null, "Tune host's OOM preferences (-1000 to 1000) "));
        readOnly = command.Flag(Flags.Switch(
            "read-only", null, "Mount the container's root filesystem as read only"));
        stopGrace = command.Flag(DurationFlag.Make("stop-grace-period",
            "Time to wait before force killing a container (ns|us|ms|s|m|h)" + Default("10s")));
        stopSignal = command.Flag(Flags.Text("stop-signal", null, "Signal to stop the container"));
        tty = command.Flag(Flags.Switch("tty", 't', "Allocate a pseudo-TTY"));
        CredentialSpec = command.Flag(CredentialSpecFlag.Make());
        CapAdd = command.Flag(Flags.List("cap-add", null, "Add Linux capabilities"));
        CapDrop = command.Flag(Flags.List("cap-drop", null, "Drop Linux capabilities"));
        EndpointMode = command.Flag(Flags.Text(
            "endpoint-mode", null, "Endpoint mode (vip or dnsrr)", isCreation ? "vip" : ""));
        MaxReplicas = command.Flag(Flags.Number("replicas-max-per-node", null,
            "Maximum number of tasks per node (default 0 = unlimited)", type: "uint"));
        MaxConcurrent = command.Flag(Flags.Number("max-concurrent", null,
            "Number of job tasks to run concurrently (default equal to --replicas)", type: "uint"));
        Replicas = command.Flag(Flags.Number("replicas", null, "Number of tasks", type: "uint"));
        RegistryAuth = command.Flag(Flags.Switch(
            "with-registry-auth", null, "Send registry authentication details to swarm agents"));
        NoResolveImage = command.Flag(Flags.Switch("no-resolve-image", null,
            "Do not query the registry to resolve image digest and supported platforms"));
        Resources = new ServiceResourceFlags(command);
        Restarts = new ServiceRestartFlags(command, isCreation);
        Health = new ServiceHealthFlags(command);
        Logs = new ServiceLogDriverFlags(command);
        Update = new RolloutFlags(command, "update", isCreation);
        Rollback = new RolloutFlags(command, "rollback", isCreation);
    }

    public WaitFlags Waiting { get; }

    public Option<ContainerCredentials> CredentialSpec { get; }

    public Option<string[]> CapAdd { get; }

    public Option<string[]> CapDrop { get; }

    public Option<string> EndpointMode { get; }

    public Option<long> MaxReplicas { get; }

    public Option<long> MaxConcurrent { get; }

    public Option<long> Replicas { get; }

    public Option<bool> RegistryAuth { get; }

    public Option<bool> NoResolveImage { get; }

    public ServiceResourceFlags Resources { get; }

    public ServiceRestartFlags Restarts { get; }

    public ServiceHealthFlags Health { get; }

    public ServiceLogDriverFlags Logs { get; }

    public RolloutFlags Update { get; }

    public RolloutFlags Rollback { get; }

    /// <summary>What has one value and no group of its own.</summary>
    public ContainerSpec Apply(Invocation call, ContainerSpec before) => before with
    {
        Dir = Text(call, workdir, before.Dir),
        User = Text(call, user, before.User),
        Hostname = Text(call, hostname, before.Hostname),
        Command = call.Has(entrypoint) ? Lists.OrNull(call.Get(entrypoint)) : before.Command,
        Init = call.Has(init) ? call.Get(init) : before.Init,
        Isolation = Text(call, isolation, before.Isolation),
        OomScoreAdj = call.Has(oomScore) ? call.Get(oomScore) : before.OomScoreAdj,
        ReadOnly = call.Has(readOnly) ? call.Get(readOnly) : before.ReadOnly,
        StopGracePeriod = call.Has(stopGrace) ? call.Get(stopGrace) : before.StopGracePeriod,
        StopSignal = Text(call, stopSignal, before.StopSignal),
        Tty = call.Has(tty) ? call.Get(tty) : before.Tty,
        Healthcheck = Health.Apply(call, before.Healthcheck),
    };

    private static string? Text(Invocation call, Option<string> flag, string? before) =>
        !call.Has(flag) ? before : call.Get(flag) is { Length: > 0 } given ? given : null;
}
