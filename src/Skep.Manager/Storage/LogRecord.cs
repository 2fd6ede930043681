using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>One thing the log says.</summary>
public abstract record LogRecord
{
    private LogRecord()
    {
    }

    /// <summary>First in every segment: whose it is and where the one before ended.</summary>
    /// <param name="PreviousNumber">0: there was none.</param>
    /// <param name="PreviousTag">Of its last frame. The chain shows a segment that is missing, doubled or cut.</param>
    /// <param name="LastIndex">The log's last index when the segment was begun.</param>
    public sealed record Head(
        StorageIdentity Identity, ulong PreviousNumber, long PreviousBytes, UInt128 PreviousTag, ulong LastIndex)
        : LogRecord;

    /// <summary>An entry takes the place of those from its index on.</summary>
    public sealed record Appended(Entry Entry) : LogRecord;

    public sealed record State(HardState HardState) : LogRecord;

    /// <summary>A snapshot is on the disk.</summary>
    /// <param name="IsInstalled">It came from the leader: whatever the log held before is void.</param>
    public sealed record Mark(SnapshotMeta Meta, bool IsInstalled) : LogRecord;
}
