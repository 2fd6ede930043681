using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Starts;

namespace Skep.Swarm.Services;

/// <summary>Which service specs can be, whatever the store holds: SwarmKit's checks, in its order and words.</summary>
internal static class ServiceChecks
{
    public static void Check(ServiceSpec spec, ContainerFormats formats)
    {
        ObjectNames.CheckOfDns(spec.Annotations);
        TaskSpecChecks.Check(spec.Task, formats);
        CheckMode(spec.Mode);
        if (!IsJob(spec.Mode))
        {
            CheckUpdate(spec.Update);
        }
        else if (spec.Update is not null)
        {
            throw Invalid("Jobs may not have an update config");
        }
        CheckEndpoint(spec.Endpoint);
        TrafficLabels.Check(spec.Annotations.Labels);
        StartLabel.Check(spec.Annotations);
    }

    public static bool IsJob(ServiceMode? mode) => mode is ReplicatedJob or GlobalJob;

    /// <summary>Numbers that a client has made of negative ones would ask for more tasks than can be.</summary>
    private static void CheckMode(ServiceMode? mode)
    {
        string? problem = mode switch
        {
            ReplicatedService { Replicas: > long.MaxValue } => "Number of replicas must be non-negative",
            ReplicatedJob { MaxConcurrent: > long.MaxValue } => "Maximum concurrent jobs must not be negative",
            ReplicatedJob { TotalCompletions: > long.MaxValue } => "Total completed jobs must not be negative",
            null => "Unrecognized service mode",
            _ => null,
        };
        if (problem is not null)
        {
            throw Invalid(problem);
        }
    }

    private static void CheckUpdate(UpdateConfig? update)
    {
        if (update is null)
        {
            return;
        }
        if (update.Delay.ToNanoseconds() < 0)
        {
            throw Invalid("TaskSpec: update-delay cannot be negative");
        }
        if (update.Monitor?.ToNanoseconds() < 0)
        {
            throw Invalid("TaskSpec: update-monitor cannot be negative");
        }
        if (update.MaxFailureRatio is not (>= 0 and <= 1))
        {
            throw Invalid("TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1");
        }
    }

    private static void CheckEndpoint(EndpointSpec? endpoint)
    {
        var published = new HashSet<(uint Port, PortProtocol Protocol)>();
        foreach (PortConfig port in endpoint?.Ports ?? default)
        {
            if (endpoint!.Mode == ResolutionMode.DnsRoundRobin && port.PublishMode == PublishMode.Ingress)
            {
                throw Invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
            }
            if (port.PublishedPort != 0 && !published.Add((port.PublishedPort, port.Protocol)))
            {
                throw Invalid("EndpointSpec: duplicate published ports provided");
            }
        }
    }

    private static RefusedException Invalid(string problem) => SwarmRefusal.Of(SwarmCode.InvalidArgument, problem);
}
