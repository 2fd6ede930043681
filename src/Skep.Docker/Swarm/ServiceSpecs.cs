using Skep.Swarm;
using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>What users ask of services, as the store keeps it.</summary>
public static class ServiceSpecs
{
    /// <exception cref="RefusedException">A word that is not known, or what services cannot have.</exception>
    public static ServiceSpec ToSpec(Api.ServiceSpec asked) => new()
    {
        Annotations = Views.ToAnnotations(asked.Name, asked.Labels),
        Task = ToTask(asked.TaskTemplate),
        Mode = ToMode(asked.Mode),
        Update = ToConfig(asked.UpdateConfig),
        Rollback = ToConfig(asked.RollbackConfig),
        Networks = ToNetworks(asked.Networks),
        Endpoint = asked.EndpointSpec is { } endpoint
            ? new()
            {
                Mode = ServiceWords.Resolution(endpoint.Mode),
                Ports = [.. (endpoint.Ports ?? []).Select(ToPort)],
            }
            : null,
    };

    private static TaskSpec ToTask(Api.TaskSpec asked) => new()
    {
        Runtime = ToRuntime(asked),
        Resources = ResourceViews.ToRequirements(asked.Resources),
        Restart = asked.RestartPolicy is { } restart
            ? new()
            {
                Condition = ServiceWords.Condition(restart.Condition),
                Delay = ToDuration(restart.Delay),
                MaxAttempts = restart.MaxAttempts ?? 0,
                Window = ToDuration(restart.Window),
            }
            : null,
        Placement = asked.Placement is { } placement ? ToPlacement(placement) : null,
        LogDriver = Views.ToDriver(asked.LogDriver),
        Networks = ToNetworks(asked.Networks),
        ForceUpdate = asked.ForceUpdate,
    };

    private static ContainerSpec ToRuntime(Api.TaskSpec asked) => asked.Runtime switch
    {
        null or "" or "container" => asked.ContainerSpec is { } container
            ? ContainerSpecs.ToSpec(container) with { PidsLimit = asked.Resources?.Limits?.Pids ?? 0 }
            : throw ServiceWords.Refused("mismatched Runtime and *Spec fields"),
        "plugin" when asked.PluginSpec is null => throw ServiceWords.Refused("mismatched Runtime and *Spec fields"),
        "plugin" => throw new RefusedException(
            ErrorKind.Unsupported, "runtime type \"plugin\" only supported in experimental"),
        _ => throw ServiceWords.Refused("unsupported runtime"),
    };

    private static Placement ToPlacement(Api.TaskPlacement asked) => new()
    {
        Constraints = Views.ToList(asked.Constraints),
        Preferences =
        [
            .. (asked.Preferences ?? [])
                .Where(preference => preference.Spread is not null)
                .Select(preference => new PlacementPreference
                {
                    Spread = new() { SpreadDescriptor = preference.Spread!.SpreadDescriptor },
                }),
        ],
        MaxReplicas = asked.MaxReplicas,
        Platforms =
        [
            .. (asked.Platforms ?? []).Select(platform => new Platform
            {
                Architecture = platform.Architecture ?? "",
                OS = platform.Os ?? "",
            }),
        ],
    };

    private static ServiceMode ToMode(Api.ServiceMode asked)
    {
        object?[] modes = [asked.Global, asked.GlobalJob, asked.ReplicatedJob, asked.Replicated];
        if (modes.Count(mode => mode is not null) > 1)
        {
            throw ServiceWords.Refused("must specify only one service mode");
        }

        return asked switch
        {
            { Global: not null } => new GlobalService(),
            { GlobalJob: not null } => new GlobalJob(),
            { ReplicatedJob: { } job } => new ReplicatedJob
            {
                MaxConcurrent = job.MaxConcurrent ?? 1,
                TotalCompletions = job.TotalCompletions ?? job.MaxConcurrent ?? 1,
            },
            _ => new ReplicatedService { Replicas = asked.Replicated?.Replicas ?? 1 },
        };
    }

    private static UpdateConfig? ToConfig(Api.ServiceUpdateConfig? asked) => asked is null
        ? null
        : new()
        {
            Parallelism = asked.Parallelism,
            Delay = SwarmDuration.FromNanoseconds(asked.Delay),
            FailureAction = ServiceWords.FailureAction(asked.FailureAction),
            Monitor = asked.Monitor == 0 ? null : SwarmDuration.FromNanoseconds(asked.Monitor),
            MaxFailureRatio = asked.MaxFailureRatio,
            Order = ServiceWords.Order(asked.Order),
        };

    private static ValueList<NetworkAttachmentConfig> ToNetworks(IReadOnlyList<Api.NetworkTarget>? asked) =>
    [
        .. (asked ?? []).Select(network => new NetworkAttachmentConfig
        {
            Target = network.Target ?? "",
            Aliases = Views.ToList(network.Aliases),
            DriverAttachmentOpts = Views.ToMap(network.DriverOpts),
        }),
    ];

    private static PortConfig ToPort(Api.ServicePort asked) => new()
    {
        Name = asked.Name ?? "",
        Protocol = ServiceWords.Named<PortProtocol>(asked.Protocol, "port protocol"),
        TargetPort = asked.TargetPort,
        PublishedPort = asked.PublishedPort,
        PublishMode = ServiceWords.Named<PublishMode>(asked.PublishMode, "publish mode"),
    };

    private static SwarmDuration? ToDuration(long? nanoseconds) =>
        nanoseconds is { } length ? SwarmDuration.FromNanoseconds(length) : null;
}
