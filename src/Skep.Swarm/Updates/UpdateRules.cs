using Skep.Swarm.Objects;

namespace Skep.Swarm.Updates;

/// <summary>How an update or a rollback of a service goes about, with what its spec leaves open filled in.</summary>
public static class UpdateRules
{
    /// <summary>SwarmKit's (api/defaults/service.go), for updates and rollbacks alike.</summary>
    private static readonly TimeSpan DefaultMonitor = TimeSpan.FromSeconds(5);

    private static readonly UpdateConfig Default = new() { Parallelism = 1 };

    /// <summary>The settings that apply now: those of the rollback while one is under way.</summary>
    public static UpdateConfig Of(Service service) => IsRollback(service)
        ? service.Spec.Rollback ?? Default
        : service.Spec.Update ?? Default;

    public static bool IsRollback(Service service) =>
        service.UpdateStatus?.State is UpdateState.RollbackStarted or UpdateState.RollbackPaused;

    /// <summary>How long a new task is watched for failure after it came up.</summary>
    public static TimeSpan MonitorOf(UpdateConfig config) => config.Monitor?.ToTimeSpan() ?? DefaultMonitor;

    /// <summary>The order in which tasks are really replaced.</summary>
    /// <remarks>
    /// Two tasks of a service cannot have the same port of a node, so a new one would wait for ever for the old one
    /// to go. Such a service is updated by stopping first, whatever it asks for.
    /// </remarks>
    public static UpdateOrder OrderOf(Service service, UpdateConfig config) =>
        HasHostPort(service.Spec) ? UpdateOrder.StopFirst : config.Order;

    /// <summary>What the user should know about an order that will not be followed; null: nothing.</summary>
    public static string? WarningOf(ServiceSpec spec)
    {
        string? what = spec.Update?.Order == UpdateOrder.StartFirst ? "update-order"
            : spec.Rollback?.Order == UpdateOrder.StartFirst ? "rollback-order"
            : null;
        return what is null || !HasHostPort(spec)
            ? null
            : $"{what} start-first has no effect with a port published in host mode: "
                + "two tasks cannot have the same port of a node, so the old one is stopped first";
    }

    /// <summary>True when tasks of this service hold ports of their node.</summary>
    public static bool HasHostPort(ServiceSpec spec) => spec.Endpoint is { } endpoint
        && endpoint.Ports.Any(port => port.PublishMode == PublishMode.Host && port.PublishedPort != 0);
}
