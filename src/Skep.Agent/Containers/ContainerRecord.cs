using System.Text.Json.Serialization;
using Skep.Docker.Engine;
using Skep.Docker.Mounts;

namespace Skep.Agent.Containers;

/// <summary>Where a container is in its life.</summary>
public enum ContainerPhase
{
    Created,
    Running,
    Paused,

    /// <summary>It has ended and waits to be started again by its restart policy.</summary>
    Restarting,
    Exited,

    /// <summary>Its removal has begun; it only goes forward from here.</summary>
    Removing,

    /// <summary>Its removal failed half-way and will be tried again.</summary>
    Dead,
}

/// <summary>Everything this daemon knows of a container, as it is kept on disk. Immutable.</summary>
public sealed record ContainerRecord
{
    public required string Id { get; init; }

    /// <summary>Without Docker's leading slash.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>"sha256:…".</summary>
    public required string ImageId { get; init; }

    /// <summary>The committed snapshot that the file system stands on.</summary>
    public required string ParentSnapshot { get; init; }

    /// <summary>Image and request, merged.</summary>
    public required ContainerConfig Config { get; init; }

    /// <summary>With its defaults filled in.</summary>
    public required HostConfig HostConfig { get; init; }

    /// <summary>Everything mounted into it; sources and names of volumes are decided.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>What was asked for on each network; empty with the modes host, none and container.</summary>
    public IReadOnlyList<WantedEndpoint> Endpoints { get; init; } = [];

    /// <summary>Made for a task of the swarm, which alone starts it.</summary>
    public bool IsTask { get; init; }

    /// <summary>A task's secrets and configs: files that inspect does not show among the mounts.</summary>
    public IReadOnlyList<HiddenFile> HiddenFiles { get; init; } = [];

    public RunState State { get; init; } = new();

    /// <summary>As it was at the last start.</summary>
    public NetworkSettings? Network { get; init; }

    [JsonIgnore]
    public string SnapshotKey => Id;

    [JsonIgnore]
    public string ShortId => Id[..12];

    [JsonIgnore]
    public bool IsAlive => State.Phase is ContainerPhase.Running or ContainerPhase.Paused;
}

/// <summary>A network by name or id, and what the container shall have there.</summary>
public sealed record WantedEndpoint(string Network, EndpointSettings? Settings);

/// <summary>A file of this machine that a container reads.</summary>
/// <param name="Source">In memory, there only while the container runs.</param>
/// <param name="Target">Clean absolute path in the container.</param>
public sealed record HiddenFile(string Source, string Target);

/// <summary>What became of a container's process.</summary>
public sealed record RunState
{
    public ContainerPhase Phase { get; init; } = ContainerPhase.Created;

    /// <summary>0: there is no process.</summary>
    public int Pid { get; init; }

    public int ExitCode { get; init; }
    public string Error { get; init; } = "";
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public bool OomKilled { get; init; }

    /// <summary>Automatic restarts since the last start by hand.</summary>
    public int RestartCount { get; init; }

    /// <summary>Somebody wanted it stopped: "unless-stopped" leaves it so.</summary>
    public bool IsStoppedByHand { get; init; }
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class ContainerJson : JsonSerializerContext;
