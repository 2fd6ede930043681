namespace Skep.Agent.Volumes;

/// <summary>Bounds of the volumes' work.</summary>
internal static class VolumeLimits
{
    /// <summary>Files and directories that are counted for one volume's size; beyond, the size is unknown.</summary>
    public const int CountedEntries = 1_000_000;

    /// <summary>Characters of a volume's name: with ".new-" and the like before it, it is a file name (255).</summary>
    public const int NameCharacters = 200;

    /// <summary>Bytes read and written at a time when a volume is filled.</summary>
    public const int CopyBytes = 256 * 1024;
}
