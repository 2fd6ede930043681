using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>The flags about certificates that init, update and ca have in common.</summary>
internal sealed class CaFlags(DockerCommand command)
{
    public Option<long> CertExpiry { get; } = command.Flag(SwarmFlags.Duration(
        "cert-expiry", "Validity period for node certificates (ns|us|ms|s|m|h) (default 2160h0m0s)"));

    public Option<string[]> ExternalCa { get; } = command.Flag(Flags.List(
        "external-ca", null, "Specifications of one or more certificate signing endpoints", CheckExternalCa,
        "external-ca"));

    public IReadOnlyList<ExternalCa> ExternalCas(Invocation call) =>
        [.. call.Get(ExternalCa).Select(ExternalCaFlag.Parse)];

    /// <summary>The spec with what was asked for on the command line.</summary>
    /// <param name="certificate">Of an external authority that names none.</param>
    public SwarmCa Apply(Invocation call, SwarmCa spec, string certificate)
    {
        if (call.Has(CertExpiry))
        {
            spec = spec with { NodeCertExpiry = call.Get(CertExpiry) };
        }

        return call.Has(ExternalCa)
            ? spec with
            {
                ExternalCas =
                [
                    .. ExternalCas(call).Select(ca => ca.CaCert.Length > 0 ? ca : ca with { CaCert = certificate }),
                ],
            }
            : spec;
    }

    private static string CheckExternalCa(string text)
    {
        ExternalCaFlag.Parse(text);
        return text;
    }
}

/// <summary>The flags about a swarm's settings that init and update have in common.</summary>
internal sealed class SwarmFlags(DockerCommand command, string autolockDescription)
{
    public Option<bool> Autolock { get; } = command.Flag(Flags.Switch("autolock", null, autolockDescription));

    private readonly CaFlags ca = new(command);

    private readonly Option<long> dispatcherHeartbeat = command.Flag(Duration(
        "dispatcher-heartbeat", "Dispatcher heartbeat period (ns|us|ms|s|m|h) (default 5s)"));

    private readonly Option<long> maxSnapshots = command.Flag(Flags.Number(
        "max-snapshots", null, "Number of additional Raft snapshots to retain", type: "uint"));

    private readonly Option<long> snapshotInterval = command.Flag(Flags.Number(
        "snapshot-interval", null, "Number of log entries between Raft snapshots", 10_000, "uint"));

    private readonly Option<long> taskHistoryLimit = command.Flag(Flags.Number(
        "task-history-limit", null, "Task history retention limit", 5));

    public static Option<long> Duration(string name, string description) =>
        Flags.Make(name, null, "duration", description, GoDuration.Parse);

    /// <summary>The spec with what was asked for on the command line.</summary>
    /// <param name="trustRoot">The swarm's root, for external authorities that name none.</param>
    public SwarmSpec Apply(Invocation call, SwarmSpec spec, string trustRoot) => spec with
    {
        Orchestration = call.Has(taskHistoryLimit)
            ? spec.Orchestration with { TaskHistoryRetentionLimit = call.Get(taskHistoryLimit) }
            : spec.Orchestration,
        Dispatcher = call.Has(dispatcherHeartbeat)
            ? spec.Dispatcher with { HeartbeatPeriod = call.Get(dispatcherHeartbeat) }
            : spec.Dispatcher,
        Raft = spec.Raft with
        {
            KeepOldSnapshots = call.Has(maxSnapshots)
                ? (ulong)call.Get(maxSnapshots) : spec.Raft.KeepOldSnapshots,
            SnapshotInterval = call.Has(snapshotInterval)
                ? (ulong)call.Get(snapshotInterval) : spec.Raft.SnapshotInterval,
        },
        EncryptionConfig = call.Has(Autolock)
            ? spec.EncryptionConfig with { AutoLockManagers = call.Get(Autolock) }
            : spec.EncryptionConfig,
        CaConfig = ca.Apply(call, spec.CaConfig, trustRoot),
    };
}
