namespace Skep.Agent.Archive;

/// <summary>Bounds of archives that go into and come out of containers.</summary>
internal static class ArchiveLimits
{
    /// <summary>Bytes of one entry's extended header, or long name: all its extended attributes and paths.</summary>
    public const int ExtendedBytes = 1024 * 1024;

    /// <summary>Bytes moved at a time.</summary>
    public const int CopyBytes = 128 * 1024;
}
