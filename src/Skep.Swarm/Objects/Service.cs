namespace Skep.Swarm.Objects;

/// <summary>A wish for running tasks, and what the store knows of its fulfilment.</summary>
public sealed record Service : StoreObject
{
    public required ServiceId Id { get; init; }

    public ServiceSpec Spec { get; init; } = ServiceSpec.Empty;

    /// <summary>Which edition of the spec this is; not comparable with the object's own version.</summary>
    public ObjectVersion? SpecVersion { get; init; }

    public ServiceSpec? PreviousSpec { get; init; }

    public ObjectVersion? PreviousSpecVersion { get; init; }

    public Endpoint? Endpoint { get; init; }

    public UpdateStatus? UpdateStatus { get; init; }

    public JobStatus? JobStatus { get; init; }

    public bool PendingDelete { get; init; }

    public override ObjectKind Kind => ObjectKind.Service;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>What the user asks of a service.</summary>
public sealed record ServiceSpec
{
    public static readonly ServiceSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public TaskSpec Task { get; init; } = TaskSpec.Empty;

    public ServiceMode? Mode { get; init; }

    public UpdateConfig? Update { get; init; }

    public UpdateConfig? Rollback { get; init; }

    /// <summary>Deprecated on the wire in favour of <see cref="TaskSpec.Networks"/>, which wins when set.</summary>
    public ValueList<NetworkAttachmentConfig> Networks { get; init; }

    public EndpointSpec? Endpoint { get; init; }
}

/// <summary>How many tasks a service has, and where.</summary>
public abstract record ServiceMode;

/// <summary>A number of tasks, anywhere.</summary>
public sealed record ReplicatedService : ServiceMode
{
    public ulong Replicas { get; init; }
}

/// <summary>One task on every node.</summary>
public sealed record GlobalService : ServiceMode;

/// <summary>A number of tasks that shall each end well once.</summary>
public sealed record ReplicatedJob : ServiceMode
{
    public ulong MaxConcurrent { get; init; }

    public ulong TotalCompletions { get; init; }
}

/// <summary>One task that shall end well once on every node.</summary>
public sealed record GlobalJob : ServiceMode;

/// <summary>The run of a job that is under way.</summary>
public sealed record JobStatus
{
    public ObjectVersion JobIteration { get; init; }

    public SwarmTime? LastExecution { get; init; }
}

/// <summary>How a service is reached.</summary>
public sealed record Endpoint
{
    public EndpointSpec? Spec { get; init; }

    public ValueList<PortConfig> Ports { get; init; }

    public ValueList<VirtualIP> VirtualIPs { get; init; }
}

/// <summary>The address of a service on one network.</summary>
public sealed record VirtualIP
{
    public NetworkId NetworkId { get; init; }

    public string Addr { get; init; } = "";
}

/// <summary>How a service's name resolves inside the swarm.</summary>
public enum ResolutionMode
{
    Vip = 0,
    DnsRoundRobin = 1,
}

/// <summary>How the user wants a service to be reached.</summary>
public sealed record EndpointSpec
{
    public ResolutionMode Mode { get; init; }

    public ValueList<PortConfig> Ports { get; init; }
}

/// <summary>Transport protocols of published ports.</summary>
public enum PortProtocol
{
    Tcp = 0,
    Udp = 1,
    Sctp = 2,
}

/// <summary>Where a port is published: on every node, or on the node of the task.</summary>
public enum PublishMode
{
    Ingress = 0,
    Host = 1,
}

/// <summary>A published port.</summary>
public sealed record PortConfig
{
    public string Name { get; init; } = "";

    public PortProtocol Protocol { get; init; }

    public uint TargetPort { get; init; }

    public uint PublishedPort { get; init; }

    public PublishMode PublishMode { get; init; }
}
