using Skep.Docker.Engine;

namespace Skep.Docker.Values;

/// <summary>How a container sees a secret or a config where nothing else is said.</summary>
public static class MountedFile
{
    /// <summary>Root's, and everybody may read: 0444.</summary>
    public static FileUse Of(string name) => new() { Name = name, Uid = "0", Gid = "0", Mode = 0b100_100_100 };
}
