using System.Globalization;
using Skep.Docker.Engine;

namespace Skep.Agent.Volumes;

/// <summary>A volume in memory: its record, who refers to it, and who has it mounted.</summary>
internal sealed class VolumeEntry(VolumeRecord record, string mountpoint)
{
    public VolumeRecord Record => record;

    public string Mountpoint => mountpoint;

    /// <summary>Null: a plain directory.</summary>
    public LocalMount? Mount { get; } = LocalMount.Of(record.Options);

    /// <summary>Ids of containers, running or not, that have this volume. Guarded by the engine's lock.</summary>
    public HashSet<string> Users { get; } = [];

    /// <summary>Those who need it mounted now. Guarded by <see cref="Mounting"/>.</summary>
    public HashSet<string> Holders { get; } = [];

    /// <summary>One at a time mounts, unmounts or fills this volume.</summary>
    public SemaphoreSlim Mounting { get; } = new(1, 1);

    public Volume ToVolume(VolumeUsage? usage = null) => new()
    {
        CreatedAt = record.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Driver = VolumeRecord.LocalDriver,
        Labels = record.Labels,
        Mountpoint = mountpoint,
        Name = record.Name,
        Options = record.Options,
        Scope = "local",
        UsageData = usage,
    };
}
