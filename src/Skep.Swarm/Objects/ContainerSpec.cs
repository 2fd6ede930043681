namespace Skep.Swarm.Objects;

/// <summary>What the user asks of a task's container.</summary>
public sealed record ContainerSpec : TaskRuntime
{
    public string Image { get; init; } = "";

    public ValueMap<string> Labels { get; init; }

    /// <summary>Overrides the image's entrypoint.</summary>
    public ValueList<string> Command { get; init; }

    public ValueList<string> Args { get; init; }

    public string Hostname { get; init; } = "";

    /// <summary>NAME=VALUE.</summary>
    public ValueList<string> Env { get; init; }

    public string Dir { get; init; } = "";

    public string User { get; init; } = "";

    public ValueList<string> Groups { get; init; }

    public Privileges? Privileges { get; init; }

    /// <summary>Null: as the engine is configured.</summary>
    public bool? Init { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public bool ReadOnly { get; init; }

    public string StopSignal { get; init; } = "";

    public ValueList<Mount> Mounts { get; init; }

    public SwarmDuration? StopGracePeriod { get; init; }

    public PullOptions? PullOptions { get; init; }

    public ValueList<SecretReference> Secrets { get; init; }

    public ValueList<ConfigReference> Configs { get; init; }

    /// <summary>As in /etc/hosts: address, name, aliases.</summary>
    public ValueList<string> Hosts { get; init; }

    public DnsConfig? DnsConfig { get; init; }

    public HealthConfig? Healthcheck { get; init; }

    public ContainerIsolation Isolation { get; init; }

    public long PidsLimit { get; init; }

    public ValueMap<string> Sysctls { get; init; }

    public ValueList<string> CapabilityAdd { get; init; }

    public ValueList<string> CapabilityDrop { get; init; }

    public ValueList<Ulimit> Ulimits { get; init; }

    public long OomScoreAdj { get; init; }
}

/// <summary>How Windows isolates a container; other systems ignore it.</summary>
public enum ContainerIsolation
{
    Default = 0,
    Process = 1,
    HyperV = 2,
}

/// <summary>How the image is fetched. The credentials are a secret and do not print themselves.</summary>
public sealed record PullOptions
{
    /// <summary>The X-Registry-Auth header as the client sent it.</summary>
    public string RegistryAuth { get; init; } = "";

    public override string ToString() => "PullOptions";
}

/// <summary>The container's resolver file.</summary>
public sealed record DnsConfig
{
    public ValueList<string> Nameservers { get; init; }

    public ValueList<string> Search { get; init; }

    public ValueList<string> Options { get; init; }
}

/// <summary>A limit of the kernel on the container's processes.</summary>
public sealed record Ulimit
{
    public string Name { get; init; } = "";

    public long Soft { get; init; }

    public long Hard { get; init; }
}

/// <summary>How a container's health is found out.</summary>
public sealed record HealthConfig
{
    public ValueList<string> Test { get; init; }

    public SwarmDuration? Interval { get; init; }

    public SwarmDuration? Timeout { get; init; }

    /// <summary>Failures in a row that make it unhealthy; 0: the default.</summary>
    public int Retries { get; init; }

    public SwarmDuration? StartPeriod { get; init; }

    public SwarmDuration? StartInterval { get; init; }
}
