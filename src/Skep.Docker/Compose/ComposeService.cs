using Skep.Swarm.Objects;

namespace Skep.Docker.Compose;

/// <summary>One service. Nothing is filled in that the files do not say; null or empty: not said.</summary>
public sealed record ComposeService
{
    public required string Name { get; init; }
    public string? Image { get; init; }

    /// <summary>In place of the image's command. Null: not said; empty: the image's command is emptied.</summary>
    public ValueList<string>? Command { get; init; }

    /// <summary>In place of the image's entrypoint.</summary>
    public ValueList<string>? Entrypoint { get; init; }

    /// <summary>env_file and environment together; a null value unsets the name.</summary>
    public ValueMap<string?> Environment { get; init; }

    public ComposeDeploy Deploy { get; init; } = new();
    public ValueList<ComposePort> Ports { get; init; }

    /// <summary>Sorted by key. Empty: the stack's default network.</summary>
    public ValueList<ComposeNetworkUse> Networks { get; init; }

    public ValueList<ComposeMount> Mounts { get; init; }

    /// <summary>Each as "PATH" or "PATH:OPTIONS".</summary>
    public ValueList<string> Tmpfs { get; init; }

    public ValueList<ComposeFileUse> Secrets { get; init; }
    public ValueList<ComposeFileUse> Configs { get; init; }
    public ComposeHealth? Health { get; init; }
    public ComposeLogging? Logging { get; init; }

    /// <summary>Only what was said in files of the specification, and only services of the project.</summary>
    public ValueList<ComposeStartGate> DependsOn { get; init; }

    /// <summary>Labels of the containers; those of the service are in <see cref="Deploy"/>.</summary>
    public ValueMap<string> Labels { get; init; }

    public ValueMap<ComposeUlimit> Ulimits { get; init; }
    public ValueMap<string> Sysctls { get; init; }
    public ValueList<string> CapAdd { get; init; }
    public ValueList<string> CapDrop { get; init; }
    public ValueList<string> Dns { get; init; }
    public ValueList<string> DnsSearch { get; init; }
    public ValueList<string> DnsOptions { get; init; }

    /// <summary>HOST:ADDRESS each, addresses without brackets.</summary>
    public ValueList<string> ExtraHosts { get; init; }

    public string? Hostname { get; init; }
    public string? User { get; init; }
    public ValueList<string> Groups { get; init; }
    public string? WorkingDirectory { get; init; }
    public string? StopSignal { get; init; }
    public long? StopGraceNanoseconds { get; init; }
    public bool? Init { get; init; }
    public bool HasTty { get; init; }
    public bool IsStdinOpen { get; init; }
    public bool IsReadOnly { get; init; }
    public long OomScoreAdjust { get; init; }

    /// <summary>default, process or hyperv.</summary>
    public string? Isolation { get; init; }

    public ComposeCredentialSpec? CredentialSpec { get; init; }
    public ComposeRunOptions Run { get; init; } = new();
    public required ComposePlace Place { get; init; }

    /// <summary>Where each key of this service was said last.</summary>
    public ValueMap<ComposePlace> Places { get; init; }

    /// <summary>Where a key is written, or the service when it is not.</summary>
    public ComposePlace PlaceOf(string key) => Places.TryGetValue(key, out ComposePlace? place) ? place : Place;
}

/// <summary>Options of `docker run` that Docker's command line leaves out of services.</summary>
public sealed record ComposeRunOptions
{
    public bool IsPrivileged { get; init; }
    public ValueList<string> Devices { get; init; }
    public ValueList<string> DeviceRules { get; init; }

    /// <summary>Bytes; null: the engine's 64 MiB. Also among <see cref="ComposeService.Tmpfs"/>.</summary>
    public long? ShmBytes { get; init; }

    public string? Ipc { get; init; }
    public string? Pid { get; init; }
    public string? Uts { get; init; }
    public string? UsernsMode { get; init; }
    public string? CgroupParent { get; init; }
    public string? CgroupNamespace { get; init; }
    public string? NetworkMode { get; init; }
    public string? DomainName { get; init; }
    public string? MacAddress { get; init; }

    /// <summary>As `docker run` takes them, with a profile's content in place of its file.</summary>
    public ValueList<string> SecurityOptions { get; init; }

    /// <summary>`restart`: no, always, on-failure[:N], unless-stopped. A service uses deploy.restart_policy.</summary>
    public string? Restart { get; init; }
}

/// <summary>The service waits for another one of the project before it starts.</summary>
/// <param name="Condition">service_started, service_healthy or service_completed_successfully.</param>
/// <param name="IsRequired">False: only if the other service is part of the project.</param>
public sealed record ComposeStartGate(string Service, string Condition, bool IsRequired, ComposePlace Place);

public sealed record ComposeUlimit(long Soft, long Hard);

public sealed record ComposeLogging(string? Driver, ValueMap<string> Options, ComposePlace Place);

/// <summary>One of the three is set.</summary>
public sealed record ComposeCredentialSpec(string? Config, string? File, string? Registry, ComposePlace Place);

public sealed record ComposeHealth
{
    public bool IsDisabled { get; init; }

    /// <summary>Begins with NONE, CMD or CMD-SHELL; empty: the image's.</summary>
    public ValueList<string> Test { get; init; }

    public long? IntervalNanoseconds { get; init; }
    public long? TimeoutNanoseconds { get; init; }
    public long? StartPeriodNanoseconds { get; init; }
    public long? StartIntervalNanoseconds { get; init; }
    public ulong? Retries { get; init; }
    public required ComposePlace Place { get; init; }
}
