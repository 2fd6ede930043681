namespace Skep.Docker.Compose.Grammar;

/// <summary>The keys of `deploy`.</summary>
internal static class DeployKeys
{
    private const int Spec = Reading.Specification;

    public static SectionShape Make() => new(
    [
        new("mode", new TextShape(), 0),
        new("replicas", new IntegerShape { Least = 0 }, 0) { ShowsEmpty = true },
        new("labels", new PairsShape(), 0),
        new("update_config", Rollout(0, 4), 0) { ShowsEmpty = true },
        new("rollback_config", Rollout(7, 7), 7) { ShowsEmpty = true },
        new("resources", Resources, 0),
        new("restart_policy", Restart, 0) { ShowsEmpty = true },
        new("placement", Placement, 0),
        new("endpoint_mode", new TextShape(), 2),
    ])
    {
        TakesNull = true,
        ExtrasSince = Spec,
    };

    private static SectionShape Rollout(int since, int orderSince) => new(
    [
        new("parallelism", new IntegerShape { Least = 0 }, since) { ShowsEmpty = true },
        new("delay", new DurationShape(), since),
        new("failure_action", new TextShape(), since),
        new("monitor", new DurationShape(), since),
        new("max_failure_ratio", new NumberShape(), since),
        new("order", new TextShape { Words = ["start-first", "stop-first"] }, orderSince),
    ])
    {
        ExtrasSince = Spec,
    };

    private static readonly SectionShape Resources = new(
    [
        new("limits", new SectionShape(
        [
            new("cpus", new TextShape { TakesNumbers = true }, 0),
            new("memory", new BytesShape(), 0),
            new("pids", new IntegerShape(), 9),
        ])
        {
            ExtrasSince = Spec,
        }, 0) { ShowsEmpty = true },
        new("reservations", new SectionShape(
        [
            new("cpus", new TextShape { TakesNumbers = true }, 0),
            new("memory", new BytesShape(), 0),
            new("generic_resources", new SectionListShape(Generic(), null), 5),
            new("devices", new AnyShape(), Spec)
            {
                Unused = "devices are not reserved: use generic_resources",
            },
        ])
        {
            ExtrasSince = Spec,
        }, 0) { ShowsEmpty = true },
    ])
    {
        ExtrasSince = Spec,
    };

    private static SectionShape Generic() => new(
    [
        new("discrete_resource_spec", new SectionShape(
        [
            new("kind", new TextShape(), 5),
            new("value", new IntegerShape(), 5) { ShowsEmpty = true },
        ])
        {
            ExtrasSince = Spec,
        }, 5) { ShowsEmpty = true },
    ])
    {
        ExtrasSince = Spec,
    };

    private static readonly SectionShape Restart = new(
    [
        new("condition", new TextShape(), 0),
        new("delay", new DurationShape(), 0) { ShowsEmpty = true },
        new("max_attempts", new IntegerShape { Least = 0 }, 0) { ShowsEmpty = true },
        new("window", new DurationShape(), 0) { ShowsEmpty = true },
    ])
    {
        ExtrasSince = Spec,
    };

    private static readonly SectionShape Placement = new(
    [
        new("constraints", new TextListShape { TakesRepeats = true }, 0),
        new("preferences", new SectionListShape(
            new SectionShape([new("spread", new TextShape(), 3)]) { ExtrasSince = Spec }, null), 3),
        new("max_replicas_per_node", new IntegerShape { Least = 0 }, 8),
    ])
    {
        ExtrasSince = Spec,
    };
}
