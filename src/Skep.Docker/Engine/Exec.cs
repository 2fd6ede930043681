using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>Body of POST /containers/{id}/exec.</summary>
public sealed record ExecConfig
{
    public string User { get; init => field = value ?? ""; } = "";
    public bool Privileged { get; init; }
    public bool Tty { get; init; }
    public IReadOnlyList<uint>? ConsoleSize { get; init; }
    public bool AttachStdin { get; init; }
    public bool AttachStderr { get; init; }
    public bool AttachStdout { get; init; }
    public bool Detach { get; init; }
    public string DetachKeys { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Env { get; init; }
    public string WorkingDir { get; init => field = value ?? ""; } = "";

    [JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Cmd { get; init; }
}

public sealed record IdResponse(string Id);

/// <summary>Body of POST /exec/{id}/start.</summary>
public sealed record ExecStartRequest
{
    public bool Detach { get; init; }
    public bool Tty { get; init; }
    public IReadOnlyList<uint>? ConsoleSize { get; init; }
}

public sealed record ExecInspect
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public bool Running { get; init; }

    [JsonIgnore(Condition = Never)]
    public int? ExitCode { get; init; }

    public required ExecProcess ProcessConfig { get; init; }
    public bool OpenStdin { get; init; }
    public bool OpenStderr { get; init; }
    public bool OpenStdout { get; init; }
    public bool CanRemove { get; init; }

    [JsonPropertyName("ContainerID")]
    public required string ContainerId { get; init; }

    public string DetachKeys { get; init => field = value ?? ""; } = "";
    public int Pid { get; init; }
}

public sealed record ExecProcess
{
    [JsonPropertyName("tty")]
    public bool Tty { get; init; }

    [JsonPropertyName("entrypoint")]
    public required string Entrypoint { get; init; }

    [JsonPropertyName("arguments")]
    public required IReadOnlyList<string> Arguments { get; init; }

    [JsonPropertyName("privileged")]
    public bool? Privileged { get; init; }

    [JsonPropertyName("user")]
    public string? User { get; init; }
}
