using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>An object without members: the value of Go's <c>map[string]struct{}</c>.</summary>
public sealed record Empty
{
    public static readonly Empty Value = new();
}

/// <summary>What to run: the part of a container that an image can also carry (Engine API: ContainerConfig).</summary>
public record ContainerConfig
{
    public string Hostname { get; init => field = value ?? ""; } = "";
    public string Domainname { get; init => field = value ?? ""; } = "";
    public string User { get; init => field = value ?? ""; } = "";
    public bool AttachStdin { get; init; }
    public bool AttachStdout { get; init; }
    public bool AttachStderr { get; init; }

    /// <summary>Keys "80/tcp".</summary>
    public IReadOnlyDictionary<string, Empty>? ExposedPorts { get; init; }

    public bool Tty { get; init; }
    public bool OpenStdin { get; init; }
    public bool StdinOnce { get; init; }

    /// <summary>"NAME=value"; "NAME" alone removes a variable of the image.</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Env { get; init; }

    [JsonIgnore(Condition = Never), JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Cmd { get; init; }

    public HealthConfig? Healthcheck { get; init; }

    /// <summary>Only Windows images set it; kept as it came.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool ArgsEscaped { get; init; }

    public string Image { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, Empty>? Volumes { get; init; }

    public string WorkingDir { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never), JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool NetworkDisabled { get; init; }

    public string? MacAddress { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? OnBuild { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? StopSignal { get; init; }

    /// <summary>Seconds; null: 10.</summary>
    public int? StopTimeout { get; init; }

    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Without what a request adds to it.</summary>
    public ContainerConfig ToPlain() => new(this);
}

/// <summary>
/// How to find out whether a container works. Durations in nanoseconds; 0 inherits or takes the default.
/// </summary>
public sealed record HealthConfig
{
    /// <summary>[] inherit, ["NONE"], ["CMD", args...], ["CMD-SHELL", command].</summary>
    public IReadOnlyList<string>? Test { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Interval { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Timeout { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long StartPeriod { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long StartInterval { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public int Retries { get; init; }
}

/// <summary>Body of POST /containers/create.</summary>
public sealed record CreateContainerRequest : ContainerConfig
{
    public HostConfig? HostConfig { get; init; }
    public NetworkingConfig? NetworkingConfig { get; init; }
}

public sealed record NetworkingConfig
{
    public IReadOnlyDictionary<string, EndpointSettings?>? EndpointsConfig { get; init; }
}

public sealed record CreateContainerResponse
{
    public required string Id { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string> Warnings { get; init => field = value ?? []; } = [];
}
