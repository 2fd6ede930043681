using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>What users ask of the containers of a service.</summary>
public sealed record ContainerSpec
{
    public string? Image { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>In place of the image's entrypoint.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>In place of the image's command.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    public string? Hostname { get; init; }

    /// <summary>NAME=VALUE.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    public string? Dir { get; init; }
    public string? User { get; init; }
    public IReadOnlyList<string>? Groups { get; init; }
    public ContainerPrivileges? Privileges { get; init; }

    /// <summary>Null: as each node's engine is configured.</summary>
    public bool? Init { get; init; }

    public string? StopSignal { get; init; }

    [JsonPropertyName("TTY"), JsonIgnore(Condition = WhenWritingDefault)]
    public bool Tty { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool OpenStdin { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool ReadOnly { get; init; }

    public IReadOnlyList<Mount>? Mounts { get; init; }

    /// <summary>Nanoseconds between the stop signal and SIGKILL.</summary>
    public long? StopGracePeriod { get; init; }

    public HealthConfig? Healthcheck { get; init; }

    /// <summary>As in /etc/hosts: address, name, aliases.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    [JsonPropertyName("DNSConfig")]
    public ContainerDns? DnsConfig { get; init; }

    public IReadOnlyList<SecretUse>? Secrets { get; init; }
    public IReadOnlyList<ConfigUse>? Configs { get; init; }

    /// <summary>default, process or hyperv; Linux knows the first alone.</summary>
    public string? Isolation { get; init; }

    /// <summary>Since API 1.40.</summary>
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Since API 1.41.</summary>
    public IReadOnlyList<string>? CapabilityAdd { get; init; }

    /// <summary>Since API 1.41.</summary>
    public IReadOnlyList<string>? CapabilityDrop { get; init; }

    /// <summary>Since API 1.41.</summary>
    public IReadOnlyList<Ulimit>? Ulimits { get; init; }

    /// <summary>Since API 1.46.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long OomScoreAdj { get; init; }
}

/// <summary>The container's resolver file.</summary>
public sealed record ContainerDns
{
    public IReadOnlyList<string>? Nameservers { get; init; }
    public IReadOnlyList<string>? Search { get; init; }
    public IReadOnlyList<string>? Options { get; init; }
}

/// <summary>What a container may do beyond, or less than, what is usual.</summary>
public sealed record ContainerPrivileges
{
    [JsonIgnore(Condition = Never)]
    public ContainerCredentials? CredentialSpec { get; init; }

    [JsonPropertyName("SELinuxContext"), JsonIgnore(Condition = Never)]
    public ContainerSeLinux? SeLinuxContext { get; init; }

    /// <summary>Since API 1.44.</summary>
    public ContainerSeccomp? Seccomp { get; init; }

    /// <summary>Since API 1.44.</summary>
    public ContainerAppArmor? AppArmor { get; init; }

    /// <summary>Since API 1.44.</summary>
    public bool NoNewPrivileges { get; init; }
}

/// <summary>Where credentials of a managed service account of Windows come from: one of the three.</summary>
public sealed record ContainerCredentials
{
    /// <summary>The id of a config. Since API 1.40.</summary>
    public string Config { get; init => field = value ?? ""; } = "";

    public string File { get; init => field = value ?? ""; } = "";
    public string Registry { get; init => field = value ?? ""; } = "";
}

public sealed record ContainerSeLinux
{
    public bool Disable { get; init; }
    public string User { get; init => field = value ?? ""; } = "";
    public string Role { get; init => field = value ?? ""; } = "";
    public string Type { get; init => field = value ?? ""; } = "";
    public string Level { get; init => field = value ?? ""; } = "";
}

public sealed record ContainerSeccomp
{
    /// <summary>default, unconfined or custom.</summary>
    public string? Mode { get; init; }

    /// <summary>JSON, when the mode is custom.</summary>
    public byte[]? Profile { get; init; }
}

public sealed record ContainerAppArmor
{
    /// <summary>default or disabled.</summary>
    public string? Mode { get; init; }
}

/// <summary>A secret that a container uses.</summary>
public sealed record SecretUse
{
    [JsonIgnore(Condition = Never)]
    public FileUse? File { get; init; }

    [JsonPropertyName("SecretID")]
    public string SecretId { get; init => field = value ?? ""; } = "";

    public string SecretName { get; init => field = value ?? ""; } = "";
}

/// <summary>A config that a container uses: as a file, or as what its runtime is made with.</summary>
public sealed record ConfigUse
{
    public FileUse? File { get; init; }

    /// <summary>Since API 1.40.</summary>
    public Empty? Runtime { get; init; }

    [JsonPropertyName("ConfigID")]
    public string ConfigId { get; init => field = value ?? ""; } = "";

    public string ConfigName { get; init => field = value ?? ""; } = "";
}

/// <summary>The file that a secret or config appears as.</summary>
public sealed record FileUse
{
    public string Name { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("UID")]
    public string Uid { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("GID")]
    public string Gid { get; init => field = value ?? ""; } = "";

    /// <summary>Permission bits.</summary>
    public uint Mode { get; init; }
}
