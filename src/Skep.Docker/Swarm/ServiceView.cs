using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>Services as the Engine API shows them.</summary>
public static class ServiceView
{
    public static Api.ServiceInspect Of(Service service) => new()
    {
        Id = service.Id.Value,
        Version = Views.Version(service),
        CreatedAt = Views.CreatedAt(service),
        UpdatedAt = Views.UpdatedAt(service),
        Spec = SpecOf(service.Spec),
        PreviousSpec = service.PreviousSpec is { } previous ? SpecOf(previous) : null,
        Endpoint = service.Endpoint is { } endpoint ? EndpointOf(endpoint) : new(),
        UpdateStatus = service.UpdateStatus is { } update ? UpdateOf(update) : null,
        JobStatus = service.JobStatus is { } job
            ? new()
            {
                JobIteration = new() { Index = job.JobIteration.Index },
                LastExecution = Views.Moment(job.LastExecution),
            }
            : null,
    };

    /// <summary>Never with the credentials of the registry.</summary>
    public static Api.ServiceSpec SpecOf(ServiceSpec spec) => new()
    {
        Name = Views.OrNull(spec.Annotations.Name),
        Labels = spec.Annotations.Labels,
        TaskTemplate = TaskSpecView.Of(spec.Task) with { Runtime = TaskSpecView.RuntimeOf(spec.Task) },
        Mode = ModeOf(spec.Mode),
        UpdateConfig = spec.Update is { } update ? ConfigOf(update) : null,
        RollbackConfig = spec.Rollback is { } rollback ? ConfigOf(rollback) : null,
        Networks = NetworkViews.TargetsOf(spec.Networks),
        EndpointSpec = spec.Endpoint is { } endpoint ? EndpointSpecOf(endpoint) : null,
    };

    /// <summary>replicated, global, replicated-job or global-job; "": a mode that is not known here.</summary>
    public static string ModeWord(ServiceMode? mode) => mode switch
    {
        ReplicatedService => "replicated",
        GlobalService => "global",
        ReplicatedJob => "replicated-job",
        GlobalJob => "global-job",
        _ => "",
    };

    private static Api.ServiceMode ModeOf(ServiceMode? mode) => mode switch
    {
        ReplicatedService replicated => new() { Replicated = new() { Replicas = replicated.Replicas } },
        GlobalService => new() { Global = new() },
        ReplicatedJob job => new()
        {
            ReplicatedJob = new() { MaxConcurrent = job.MaxConcurrent, TotalCompletions = job.TotalCompletions },
        },
        GlobalJob => new() { GlobalJob = new() },
        _ => new(),
    };

    private static Api.ServiceUpdateConfig ConfigOf(UpdateConfig config) => new()
    {
        Parallelism = config.Parallelism,
        Delay = config.Delay.ToNanoseconds(),
        FailureAction = Views.Word(config.FailureAction),
        Monitor = config.Monitor?.ToNanoseconds() ?? 0,
        MaxFailureRatio = config.MaxFailureRatio,
        Order = ServiceWords.Of(config.Order),
    };

    private static Api.ServiceUpdateStatus UpdateOf(UpdateStatus status) => new()
    {
        State = Views.OrNull(ServiceWords.Of(status.State)),
        StartedAt = MomentOrNull(status.StartedAt),
        CompletedAt = MomentOrNull(status.CompletedAt),
        Message = Views.OrNull(status.Message),
    };

    private static Api.ServiceEndpoint EndpointOf(Endpoint endpoint) => new()
    {
        Spec = endpoint.Spec is { } spec ? EndpointSpecOf(spec) : new(),
        Ports = NetworkViews.PortsOf(endpoint.Ports),
        VirtualIps = endpoint.VirtualIPs.IsEmpty
            ? null
            : [.. endpoint.VirtualIPs.Select(address => new Api.ServiceVirtualIp
            {
                NetworkId = Views.OrNull(address.NetworkId.Value),
                Addr = Views.OrNull(address.Addr),
            })],
    };

    private static Api.ServiceEndpointSpec EndpointSpecOf(EndpointSpec spec) => new()
    {
        Mode = ServiceWords.Of(spec.Mode),
        Ports = NetworkViews.PortsOf(spec.Ports),
    };

    // SwarmKit writes the beginning of 1970 where nothing has happened yet.
    private static DateTimeOffset? MomentOrNull(SwarmTime? time) =>
        time is null or { Seconds: 0 } ? null : time.Value.ToDateTimeOffset();
}
