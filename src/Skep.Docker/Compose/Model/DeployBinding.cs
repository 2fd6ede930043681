namespace Skep.Docker.Compose.Model;

/// <summary>The section `deploy`, filled up with older keys that say the same.</summary>
internal static class DeployBinding
{
    public static ComposeDeploy Bind(Fields service)
    {
        Fields deploy = service.Section("deploy");
        Fields placement = deploy.Section("placement");
        return new()
        {
            Mode = deploy.Text("mode"),
            Replicas = Fields.UnsignedOrNull(deploy.Integer("replicas") ?? service.Integer("scale")),
            Labels = deploy.Pairs("labels"),
            Update = Rollout(deploy.SectionOrNull("update_config")),
            Rollback = Rollout(deploy.SectionOrNull("rollback_config")),
            Limits = Limits(service, deploy.Section("resources").SectionOrNull("limits")),
            Reservations = Reservations(service, deploy.Section("resources").SectionOrNull("reservations")),
            Restart = deploy.SectionOrNull("restart_policy") is { } restart ? Restart(restart) : null,
            Constraints = placement.Texts("constraints"),
            Spreads = [.. placement.Sections("preferences").Select(one => one.Text("spread") ?? "")],
            MaxReplicasPerNode = Fields.Unsigned(placement.Integer("max_replicas_per_node")),
            EndpointMode = deploy.Text("endpoint_mode"),
        };
    }

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

    private static ComposeRollout? Rollout(Fields? rollout) => rollout is null ? null : new()
    {
        Parallelism = Fields.UnsignedOrNull(rollout.Integer("parallelism")),
        DelayNanoseconds = rollout.Nanoseconds("delay") ?? 0,
        FailureAction = rollout.Text("failure_action"),
        MonitorNanoseconds = rollout.Nanoseconds("monitor") ?? 0,
        MaxFailureRatio = (float)rollout.Number("max_failure_ratio"),
        Order = rollout.Text("order"),
    };

    private static ComposeRestart Restart(Fields restart) => new()
    {
        Condition = restart.Text("condition"),
        DelayNanoseconds = restart.Nanoseconds("delay"),
        MaxAttempts = Fields.UnsignedOrNull(restart.Integer("max_attempts")),
        WindowNanoseconds = restart.Nanoseconds("window"),
    };
}
