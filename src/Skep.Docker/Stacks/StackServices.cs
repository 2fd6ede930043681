using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Values;

namespace Skep.Docker.Stacks;

/// <summary>The services of a compose project as the swarm wants them, with Docker's rules and words.</summary>
public sealed class StackServices(StackScope scope, ComposeProject project, StackFileIds secrets, StackFileIds configs)
{
    /// <summary>In the order of their names.</summary>
    /// <exception cref="ComposeException">A service says what services cannot have.</exception>
    public IReadOnlyList<ServiceSpec> Specs() =>
    [
        .. project.Services.OrderBy(service => service.Name, StringComparer.Ordinal).Select(SpecOf),
    ];

    private ServiceSpec SpecOf(ComposeService service)
    {
        var files = new StackFileUses(service, secrets, configs);
        return new ServiceSpec
        {
            Name = scope.NameOf(service.Name, null),
            Labels = StackGates.AddTo(
                scope.Labels(service.Deploy.Labels).With(StackScope.ImageLabel, service.Image ?? ""),
                StackGates.Of(scope, project, service)),
            TaskTemplate = new TaskSpec
            {
                ContainerSpec = StackContainers.Of(scope, project, service, files),
                LogDriver = service.Logging is not { } logging ? null : new SwarmDriver
                {
                    Name = logging.Driver ?? "",
                    Options = logging.Options.IsEmpty ? null : logging.Options,
                },
                Resources = StackResources.Of(service),
                RestartPolicy = StackRestarts.Of(project, service),
                Placement = PlacementOf(service.Deploy),
                Networks = NetworksOf(service),
            },
            EndpointSpec = EndpointOf(service),
            Mode = ModeOf(service),
            UpdateConfig = RolloutOf(service.Deploy.Update),
            RollbackConfig = RolloutOf(service.Deploy.Rollback),
        };
    }

    private static TaskPlacement PlacementOf(ComposeDeploy deploy) => new()
    {
        Constraints = deploy.Constraints.IsEmpty ? null : deploy.Constraints,
        Preferences = deploy.Spreads.IsEmpty
            ? null
            : [.. deploy.Spreads.Select(spread => new TaskPreference
            {
                Spread = new TaskSpread { SpreadDescriptor = spread },
            })],
        MaxReplicas = deploy.MaxReplicasPerNode,
    };

    private NetworkTarget[] NetworksOf(ComposeService service)
    {
        IEnumerable<ComposeNetworkUse> uses = service.Networks.IsEmpty
            ? [new ComposeNetworkUse { Network = StackNetworks.DefaultKey, Place = service.Place }]
            : service.Networks;
        return [.. uses.Select(use => NetworkOf(service, use))
            .OrderBy(network => network.Target, StringComparer.Ordinal)];
    }

    // A service is known by its name on every network of its own, but names mean nothing on the host's.
    private NetworkTarget NetworkOf(ComposeService service, ComposeNetworkUse use)
    {
        bool isKnown = use.Network == StackNetworks.DefaultKey
            || project.Networks.Any(network => network.Key == use.Network);
        if (!isKnown)
        {
            throw ComposeException.At(use.Place, $"service {service.Name}: undefined network \"{use.Network}\"");
        }

        string target = StackNetworks.Target(scope, project, use.Network);
        string[] aliases = NetworkNames.IsUserDefined(target)
            ? [.. use.Aliases, service.Name]
            : [.. use.Aliases];
        return new NetworkTarget
        {
            Target = target,
            Aliases = aliases.Length == 0 ? null : aliases,
            DriverOpts = use.DriverOptions.IsEmpty ? null : use.DriverOptions,
        };
    }

    private static ServiceEndpointSpec EndpointOf(ComposeService service) => new()
    {
        Mode = service.Deploy.EndpointMode?.ToLowerInvariant(),
        Ports = service.Ports.IsEmpty
            ? null
            : [.. service.Ports.OrderBy(port => port.Published).Select(port => new ServicePort
            {
                Protocol = port.Protocol,
                TargetPort = port.Target,
                PublishedPort = port.Published,
                PublishMode = port.Mode,
            })],
    };

    private static ServiceMode ModeOf(ComposeService service)
    {
        ulong? replicas = service.Deploy.Replicas;
        string mode = service.Deploy.Mode ?? "";
        if (mode is "global" or "global-job" && replicas is not null)
        {
            throw ComposeException.At(service.PlaceOf("deploy"),
                $"service {service.Name}: replicas can only be used with replicated or replicated-job mode");
        }

        return mode switch
        {
            "global" => new ServiceMode { Global = Empty.Value },
            "global-job" => new ServiceMode { GlobalJob = Empty.Value },
            "replicated-job" => new ServiceMode
            {
                ReplicatedJob = new ReplicatedJobMode { MaxConcurrent = replicas, TotalCompletions = replicas },
            },
            "replicated" or "" => new ServiceMode { Replicated = new ReplicatedMode { Replicas = replicas } },
            _ => throw ComposeException.At(
                service.PlaceOf("deploy"), $"service {service.Name}: Unknown mode: {mode}"),
        };
    }

    private static ServiceUpdateConfig? RolloutOf(ComposeRollout? rollout) => rollout is null ? null : new()
    {
        Parallelism = rollout.Parallelism ?? 1,
        Delay = rollout.DelayNanoseconds,
        FailureAction = rollout.FailureAction,
        Monitor = rollout.MonitorNanoseconds,
        MaxFailureRatio = rollout.MaxFailureRatio,
        Order = rollout.Order ?? "",
    };
}
