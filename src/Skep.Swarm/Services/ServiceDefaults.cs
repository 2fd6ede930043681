using Skep.Swarm.Objects;

namespace Skep.Swarm.Services;

/// <summary>What a service gets that asks for nothing else (SwarmKit api/defaults).</summary>
public static class ServiceDefaults
{
    public static readonly SwarmDuration StopGrace = new(10, 0);

    public static readonly RestartPolicy Restart = new() { Condition = RestartCondition.Any, Delay = new(5, 0) };

    /// <summary>For updates and for rollbacks.</summary>
    public static readonly UpdateConfig Update = new() { Parallelism = 1, Monitor = new(5, 0) };

    /// <summary>The spec with everything filled in that the user left out.</summary>
    public static ServiceSpec Fill(ServiceSpec spec) => spec with
    {
        Task = spec.Task with
        {
            Runtime = spec.Task.Container is { } container ? Fill(container) : spec.Task.Runtime,
            Resources = spec.Task.Resources ?? new(),
            Restart = Fill(spec.Task.Restart),
            Placement = spec.Task.Placement ?? new(),
        },
        Update = Fill(spec.Update),
        Rollback = Fill(spec.Rollback),
    };

    private static ContainerSpec Fill(ContainerSpec container) => container with
    {
        StopGracePeriod = container.StopGracePeriod ?? StopGrace,
        PullOptions = container.PullOptions ?? new(),
        DnsConfig = container.DnsConfig ?? new(),
    };

    private static RestartPolicy Fill(RestartPolicy? policy) =>
        policy is null ? Restart : policy with { Delay = policy.Delay ?? Restart.Delay };

    private static UpdateConfig Fill(UpdateConfig? update) =>
        update is null ? Update : update with { Monitor = update.Monitor ?? Update.Monitor };
}
