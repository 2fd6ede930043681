using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>What users ask of the tasks of a service.</summary>
public sealed record TaskSpec
{
    public ContainerSpec? ContainerSpec { get; init; }

    /// <summary>Only of plugin services.</summary>
    public PluginSpec? PluginSpec { get; init; }

    /// <summary>Only of containers that somebody attached to a network of the swarm by hand.</summary>
    public NetworkAttachmentSpec? NetworkAttachmentSpec { get; init; }

    public TaskResources? Resources { get; init; }
    public TaskRestartPolicy? RestartPolicy { get; init; }
    public TaskPlacement? Placement { get; init; }
    public IReadOnlyList<NetworkTarget>? Networks { get; init; }
    public SwarmDriver? LogDriver { get; init; }

    /// <summary>Another number than before replaces the tasks although nothing else changed.</summary>
    public ulong ForceUpdate { get; init; }

    /// <summary>container, plugin or attachment; null or "": container.</summary>
    public string? Runtime { get; init; }
}

/// <summary>A plugin that a service would install. Known so that it can be refused by name.</summary>
public sealed record PluginSpec
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("remote")]
    public string? Remote { get; init; }
}

public sealed record NetworkAttachmentSpec
{
    [JsonPropertyName("ContainerID")]
    public string ContainerId { get; init => field = value ?? ""; } = "";
}

public sealed record TaskResources
{
    public TaskLimits? Limits { get; init; }
    public NodeResources? Reservations { get; init; }

    /// <summary>Bytes; -1: no limit. Since API 1.52.</summary>
    public long? SwapBytes { get; init; }

    /// <summary>0 to 100; -1: as an earlier spec was. Since API 1.52.</summary>
    public long? MemorySwappiness { get; init; }
}

public sealed record TaskLimits
{
    [JsonPropertyName("NanoCPUs"), JsonIgnore(Condition = WhenWritingDefault)]
    public long NanoCpus { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long MemoryBytes { get; init; }

    /// <summary>0: no limit. Since API 1.41.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Pids { get; init; }
}

/// <summary>When, how often and how soon an ended task is replaced.</summary>
public sealed record TaskRestartPolicy
{
    /// <summary>none, on-failure or any.</summary>
    public string? Condition { get; init; }

    /// <summary>Nanoseconds.</summary>
    public long? Delay { get; init; }

    public ulong? MaxAttempts { get; init; }

    /// <summary>Nanoseconds over which attempts are counted.</summary>
    public long? Window { get; init; }
}

/// <summary>Where tasks may and should run.</summary>
public sealed record TaskPlacement
{
    public IReadOnlyList<string>? Constraints { get; init; }
    public IReadOnlyList<TaskPreference>? Preferences { get; init; }

    /// <summary>Per node; 0: no limit. Since API 1.40.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public ulong MaxReplicas { get; init; }

    public IReadOnlyList<NodePlatform>? Platforms { get; init; }
}

public sealed record TaskPreference
{
    [JsonIgnore(Condition = Never)]
    public TaskSpread? Spread { get; init; }
}

public sealed record TaskSpread
{
    /// <summary>Such as node.labels.zone.</summary>
    public string SpreadDescriptor { get; init => field = value ?? ""; } = "";
}

/// <summary>A wish to be on a network.</summary>
public sealed record NetworkTarget
{
    /// <summary>The network's id or name.</summary>
    public string? Target { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
}
