using System.Globalization;
using Skep.Docker.Values;

namespace Skep.Docker.Compose.Model;

/// <summary>The section `deploy`, filled up with older keys that say the same.</summary>
internal static class DeployBinding
{
    /// <summary>What the Compose specification can say in two places.</summary>
    private static readonly (string Older, string[] Path)[] twins =
    [
        ("scale", ["deploy", "replicas"]),
        ("cpus", ["deploy", "resources", "limits", "cpus"]),
        ("mem_limit", ["deploy", "resources", "limits", "memory"]),
        ("pids_limit", ["deploy", "resources", "limits", "pids"]),
        ("mem_reservation", ["deploy", "resources", "reservations", "memory"]),
    ];

    /// <exception cref="ComposeException">Two keys that mean the same say different things.</exception>
    public static ComposeDeploy Bind(string name, Fields service)
    {
        RefuseContradictions(name, service);
        Fields deploy = service.Section("deploy");
        string path = $"services.{name}.deploy";
        Fields placement = deploy.Section("placement");
        return new()
        {
            Mode = deploy.Text("mode"),
            Replicas = Fields.UnsignedOrNull(deploy.Integer("replicas") ?? service.Integer("scale")),
            Labels = deploy.Pairs("labels"),
            Update = Rollout(deploy.SectionOrNull("update_config"), $"{path}.update_config", "rollback"),
            Rollback = Rollout(deploy.SectionOrNull("rollback_config"), $"{path}.rollback_config"),
            Limits = Limits(service, deploy.Section("resources").SectionOrNull("limits")),
            Reservations = Reservations(service, deploy.Section("resources").SectionOrNull("reservations")),
            Restart = deploy.SectionOrNull("restart_policy") is { } restart
                ? Restart(restart, $"{path}.restart_policy")
                : null,
            Constraints = placement.Texts("constraints"),
            Spreads = [.. placement.Sections("preferences").Select(one => one.Text("spread") ?? "")],
            MaxReplicasPerNode = Fields.Unsigned(placement.Integer("max_replicas_per_node")),
            EndpointMode = deploy.Word("endpoint_mode", path, "vip", "dnsrr"),
        };
    }

    private static void RefuseContradictions(string name, Fields service)
    {
        foreach ((string older, string[] path) in twins)
        {
            Fields section = path[..^1].Aggregate(service, (fields, key) => fields.Section(key));
            if (service.Text(older) is { } one && section.Text(path[^1]) is { } other && !AreSame(older, one, other))
            {
                throw ComposeException.At(
                    service.Places[older],
                    $"services.{name}.{older}: can't set distinct values on '{older}' and '{string.Join('.', path)}'");
            }
        }
    }

    private static bool AreSame(string key, string one, string other) => one == other
        || (key.StartsWith("mem_", StringComparison.Ordinal)
            ? ByteSize.TryParse(one) is { } bytes && bytes == ByteSize.TryParse(other)
            : double.TryParse(one, CultureInfo.InvariantCulture, out double number)
                && double.TryParse(other, CultureInfo.InvariantCulture, out double same) && number == same);

    /// <summary>cpus, mem_limit and pids_limit of the service stand in for what `deploy` does not say.</summary>
    private static ComposeResources? Limits(Fields service, Fields? limits)
    {
        bool hasOlder = service.Has("cpus") || service.Has("mem_limit") || service.Has("pids_limit");
        return limits is null && !hasOlder ? null : new()
        {
            Cpus = limits?.Text("cpus") ?? service.Text("cpus"),
            MemoryBytes = limits?.Bytes("memory") ?? service.Bytes("mem_limit") ?? 0,
            Pids = limits?.Integer("pids") ?? service.Integer("pids_limit") ?? 0,
        };
    }

    private static ComposeResources? Reservations(Fields service, Fields? reservations) =>
        reservations is null && !service.Has("mem_reservation") ? null : new()
        {
            Cpus = reservations?.Text("cpus"),
            MemoryBytes = reservations?.Bytes("memory") ?? service.Bytes("mem_reservation") ?? 0,
            Generic = [.. (reservations?.Sections("generic_resources") ?? [])
                .Select(one => one.Section("discrete_resource_spec"))
                .Select(one => new ComposeGenericResource(one.Text("kind") ?? "", one.Integer("value") ?? 0))],
        };

    private static ComposeRollout? Rollout(Fields? rollout, string path, params string[] more)
        => rollout is null ? null : new()
    {
        Parallelism = Fields.UnsignedOrNull(rollout.Integer("parallelism")),
        DelayNanoseconds = rollout.Nanoseconds("delay") ?? 0,
        FailureAction = rollout.Word("failure_action", path, ["pause", "continue", .. more]),
        MonitorNanoseconds = rollout.Nanoseconds("monitor") ?? 0,
        MaxFailureRatio = (float)rollout.Number("max_failure_ratio"),
        Order = rollout.Text("order"),
    };

    private static ComposeRestart Restart(Fields restart, string path) => new()
    {
        Condition = restart.Word("condition", path, "none", "on-failure", "any"),
        DelayNanoseconds = restart.Nanoseconds("delay"),
        MaxAttempts = Fields.UnsignedOrNull(restart.Integer("max_attempts")),
        WindowNanoseconds = restart.Nanoseconds("window"),
    };
}
